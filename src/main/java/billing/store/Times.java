package billing.store;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Times as text, UTC to the microsecond. The driver cuts bound times to whole seconds on some
 * servers, without a word; text it leaves alone.
 */
final class Times {

  private static final DateTimeFormatter TEXT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);
  private static final DateTimeFormatter READ =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss[.SSSSSS]", Locale.ROOT);

  private Times() {}

  static String text(Instant instant) {
    return TEXT.format(instant.atOffset(ZoneOffset.UTC));
  }

  static @Nullable String textOrNull(@Nullable Instant instant) {
    return instant == null ? null : text(instant);
  }

  static Instant instant(String text) {
    return LocalDateTime.parse(text, READ).toInstant(ZoneOffset.UTC);
  }
}
