package billing.mail;

import java.util.regex.Pattern;

/** Text that is fit for a header or a line of a log, whatever a customer or a server wrote. */
final class OneLine {

  /** Control and format characters, every kind of line end among them, and runs of blanks. */
  private static final Pattern UNFIT = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\s]+");

  private OneLine() {}

  /** The text with each run of such characters replaced by one blank, cut at a length. */
  static String of(String text, int length) {
    var line = UNFIT.matcher(text).replaceAll(" ").strip();
    if (line.length() <= length) {
      return line;
    }
    var end = Character.isHighSurrogate(line.charAt(length - 1)) ? length - 1 : length;
    return line.substring(0, end);
  }
}
