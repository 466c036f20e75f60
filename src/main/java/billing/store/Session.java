package billing.store;

import java.time.Duration;
import java.time.Instant;

/**
 * One session on the server, so that it can be named after its connection was lost.
 *
 * @param id the server's number of it; numbers start over when the server does
 * @param startedAt when that server was started, to about a second
 */
record Session(long id, String server, Instant startedAt) {

  /** No session was had at all. */
  static final Session NONE = new Session(-1, "", Instant.EPOCH);

  private static final Duration ROUNDING = Duration.ofSeconds(2);

  /** Whether both numbers were given out by one server between two of its starts. */
  boolean sameServerAs(Session other) {
    return server.equals(other.server)
        && Duration.between(startedAt, other.startedAt).abs().compareTo(ROUNDING) <= 0;
  }
}
