package billing.cli;

/**
 * The libraries' own log, on stderr from WARN on. With {@code -v} from INFO on, ours from DEBUG.
 *
 * <p>What a library would say at DEBUG stays unsaid even then: the HTTP client writes out headers
 * there, and with them the gateway's key.
 */
final class Logging {

  private Logging() {}

  /** To be called before the first logger is made. */
  static void start(boolean verbose) {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "info" : "warn");
    System.setProperty("org.slf4j.simpleLogger.log.billing", verbose ? "debug" : "warn");
  }
}
