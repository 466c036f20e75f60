package billing.cli;

import org.jspecify.annotations.Nullable;

/**
 * Something that an operator can mend: what is the matter, what to do, and the exit code. Printed
 * without a stack. Everything else that reaches the top is a bug of ours.
 */
final class OperatorError extends RuntimeException {

  private final ExitCode exitCode;
  private final String message;
  private final @Nullable String remedy;

  /**
   * @param message one line, or one line and details below it
   * @param remedy the command or the change to try next
   */
  OperatorError(ExitCode exitCode, String message, @Nullable String remedy) {
    super(message);
    this.exitCode = exitCode;
    this.message = message;
    this.remedy = remedy;
  }

  ExitCode exitCode() {
    return exitCode;
  }

  String message() {
    return message;
  }

  @Nullable String remedy() {
    return remedy;
  }
}
