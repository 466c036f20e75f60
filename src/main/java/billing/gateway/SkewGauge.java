package billing.gateway;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Compares the {@code Date} of a reply with this host's clock. The header has whole seconds and was
 * written some time between request and reply; only what neither explains counts as skew.
 */
final class SkewGauge {

  private volatile Duration ahead = Duration.ZERO;

  void read(@Nullable String date, Instant begun, Instant ended) {
    if (date == null) {
      return;
    }
    try {
      var theirs = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
      ahead = skew(theirs, theirs.plusSeconds(1), begun, ended);
    } catch (DateTimeException noDate) {
      // says nothing about clocks
    }
  }

  private static Duration skew(Instant from, Instant to, Instant begun, Instant ended) {
    if (from.isAfter(ended)) {
      return Duration.between(ended, from);
    }
    return to.isBefore(begun) ? Duration.between(begun, to) : Duration.ZERO;
  }

  Duration ahead() {
    return ahead;
  }
}
