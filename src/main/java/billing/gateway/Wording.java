package billing.gateway;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's words, made fit to be kept and printed: one short line, without our key and without
 * anything that could be a card number.
 */
public final class Wording {

  private static final int ROOM = 200;
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\s]+");
  private static final Pattern CARD = Pattern.compile("\\d(?:[ -]?\\d){12,18}");

  private final String secret;

  public Wording(String secret) {
    this.secret = secret;
  }

  public String fit(@Nullable String text) {
    var open = text == null ? "" : text.replace(secret, "***");
    var line = CONTROL.matcher(CARD.matcher(open).replaceAll("***")).replaceAll(" ").strip();
    return line.length() <= ROOM ? line : line.substring(0, ROOM - 1) + "…";
  }

  @Override
  public String toString() {
    return "Wording[***]";
  }
}
