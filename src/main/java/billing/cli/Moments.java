package billing.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as people read them: in the business's zone, with the offset, and with their age. */
final class Moments {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx", Locale.ROOT);
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private Moments() {}

  /** {@code 2026-11-23 02:00:04 +01:00}. */
  static String stamp(Instant moment, ZoneId zone) {
    return STAMP.format(moment.atZone(zone));
  }

  /** {@code 02:00:04}. */
  static String clock(Instant moment, ZoneId zone) {
    return CLOCK.format(moment.atZone(zone));
  }

  /** {@code 12s}, {@code 1m 38s}, {@code 2h 05m}: how long something took. */
  static String span(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return "%dm %02ds".formatted(seconds / 60, seconds % 60);
    }
    return "%dh %02dm".formatted(seconds / 3600, seconds / 60 % 60);
  }

  /** {@code 12 minutes}: how old something is, in its largest unit. */
  static String age(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 120) {
      return counted(seconds, "second");
    }
    if (seconds < 2 * 3600) {
      return counted(seconds / 60, "minute");
    }
    return seconds < 2 * 86_400
        ? counted(seconds / 3600, "hour")
        : counted(seconds / 86_400, "day");
  }

  /** {@code 1 invoice}, {@code 2 invoices}. */
  static String counted(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
