package billing.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where results (out) and everything else (err) go, and what stands at the two ends.
 *
 * @param colour whether escape sequences may be written
 * @param columns the terminal's width, 80 where there is none
 */
record Console(
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    boolean colour,
    int columns) {

  private static final int USUAL_COLUMNS = 80;

  /**
   * The console of this process. Java cannot tell a terminal from a pipe for each stream, so the
   * launcher does, in {@code billing.tty} (o: stdout, e: stderr) and {@code billing.columns}.
   */
  static Console ofThisProcess(Map<String, String> environment) {
    var terminals = System.getProperty("billing.tty", "");
    var out = terminals.contains("o");
    var plain =
        !environment.getOrDefault("NO_COLOR", "").isEmpty()
            || environment.getOrDefault("TERM", "dumb").equals("dumb");
    // UTF-8 whatever the locale: cron runs in C, where names of customers would come out as "?".
    return new Console(
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        out,
        terminals.contains("e"),
        out && !plain,
        columns(System.getProperty("billing.columns", "")));
  }

  Console withoutColour() {
    return new Console(out, err, outIsTerminal, errIsTerminal, false, columns);
  }

  /** The text in bold where colours are on. */
  String strong(String text) {
    return colour ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  /** The text in red where colours are on. What needs a person is marked with ! all the same. */
  String alarming(String text) {
    return colour ? "\u001b[31m" + text + "\u001b[0m" : text;
  }

  private static int columns(String text) {
    var columns = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
    return columns == 0 ? USUAL_COLUMNS : Math.clamp(columns, 60, 200);
  }
}
