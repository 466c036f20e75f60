package billing.run;

import org.jspecify.annotations.Nullable;

/** A guard said no before the first claim, or the gateway did. Nothing was touched. */
public final class RunRefused extends RuntimeException {

  /** Stands in a remedy for the command that was refused, as it was given. */
  public static final String THE_SAME = "{the same}";

  private final int exitCode;
  private final String message;
  private final @Nullable String remedy;

  /**
   * @param exitCode as in {@code billing --help}
   * @param remedy what to do next; null where that is plain
   */
  RunRefused(int exitCode, String message, @Nullable String remedy) {
    super(message);
    this.exitCode = exitCode;
    this.message = message;
    this.remedy = remedy;
  }

  public int exitCode() {
    return exitCode;
  }

  public String message() {
    return message;
  }

  public @Nullable String remedy() {
    return remedy;
  }

  /** The remedy, complete with the command that was refused. */
  public @Nullable String remedy(String command) {
    return remedy == null ? null : remedy.replace(THE_SAME, command);
  }
}
