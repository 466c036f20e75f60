package billing.run;

import billing.gateway.Inquiries;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

/** How far the clocks of database, host and gateway are from each other. */
final class Clocks {

  private Clocks() {}

  /** The largest distance between two of them. */
  static Duration apart(RunClock database, Inquiries gateway) {
    var hostAhead = Duration.between(database.now(), Instant.now());
    var gatewayAhead = hostAhead.plus(gateway.clockAhead());
    return Collections.max(
        List.of(hostAhead.abs(), gatewayAhead.abs(), gateway.clockAhead().abs()));
  }
}
