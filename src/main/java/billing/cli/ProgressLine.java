package billing.cli;

/**
 * One line on stderr that is drawn over and over while something takes its time. Only on a
 * terminal: in a mail of cron's nobody watches it.
 */
final class ProgressLine implements AutoCloseable {

  private static final String TO_LINE_START_AND_CLEAR = "\r\u001b[K";

  private final Console console;
  private final boolean shown;

  ProgressLine(Console console, boolean quiet) {
    this.console = console;
    this.shown = console.errIsTerminal() && !quiet;
  }

  void show(String text) {
    if (shown) {
      var room = Math.min(text.length(), console.columns() - 1);
      console.err().print(TO_LINE_START_AND_CLEAR + text.substring(0, room));
      console.err().flush();
    }
  }

  /** Takes the line away, so that what is printed next begins at the left. */
  @Override
  public void close() {
    if (shown) {
      console.err().print(TO_LINE_START_AND_CLEAR);
      console.err().flush();
    }
  }
}
