package billing.cli;

/** A person's reason, which is kept with what he decides. */
final class Because {

  private static final int LONGEST = 500;

  private Because() {}

  /**
   * Checks it before anything is touched.
   *
   * @throws OperatorError where it says nothing, or more than there is room for
   */
  static String check(String because) {
    if (because.isBlank()) {
      throw new OperatorError(ExitCode.USAGE, "--because is empty", "say why, for the record");
    }
    var length = because.codePointCount(0, because.length());
    if (length > LONGEST) {
      throw new OperatorError(
          ExitCode.USAGE,
          "--because has %d characters; %d are kept".formatted(length, LONGEST),
          "say it shorter");
    }
    return because;
  }
}
