package billing.store;

import java.time.Duration;

/**
 * How long a session waits for what. Nothing waits for ever: the driver's own defaults would.
 *
 * @param connect for the connection
 * @param socket for a reply; longer than a lock and the longest statement together
 * @param rowLock for a row that another transaction has locked
 * @param idle after which the server drops a session of ours, with its locks: ours may be gone
 * @param away how long an unreachable server is tried again
 */
record Patience(Duration connect, Duration socket, Duration rowLock, Duration idle, Duration away) {

  static final Patience NIGHTLY =
      new Patience(
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(8),
          Duration.ofSeconds(120),
          Duration.ofSeconds(30));

  /** A change of a large table takes its time. */
  static final Patience MIGRATION =
      new Patience(
          Duration.ofSeconds(5),
          Duration.ofHours(8),
          Duration.ofSeconds(50),
          Duration.ofHours(8),
          Duration.ZERO);
}
