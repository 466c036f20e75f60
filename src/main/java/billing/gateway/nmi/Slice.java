package billing.gateway.nmi;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a listing stands: a slice of time, in whole seconds, and a page of it.
 *
 * @param start its first second, since 1970
 * @param width how many seconds it has
 * @param page the page of a slice that is read from its last page to its first; -1 where the whole
 *     slice is tried at once
 */
record Slice(long start, long width, int page) {

  static final int WHOLE = -1;

  /** About a year. */
  private static final long WIDEST = 1L << 25;

  private static final Pattern TEXT = Pattern.compile("(\\d{1,11})\\+(\\d{1,8})(?:/(\\d{1,6}))?");

  static Slice from(long start, long width) {
    return new Slice(start, Math.clamp(width, 1, WIDEST), WHOLE);
  }

  /** Reads what {@link #text} writes. */
  static Optional<Slice> parse(String text) {
    var parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    var page = parts.group(3) == null ? WHOLE : Integer.parseInt(parts.group(3));
    var start = Long.parseLong(parts.group(1));
    return Optional.of(new Slice(start, from(start, Long.parseLong(parts.group(2))).width, page));
  }

  String text() {
    return start + "+" + width + (page == WHOLE ? "" : "/" + page);
  }

  long end() {
    return start + width;
  }

  Slice narrowed(long to) {
    return from(start, to);
  }

  Slice at(int otherPage) {
    return new Slice(start, width, otherPage);
  }

  /** The one that follows, wider where this one had few rows. */
  Slice next(boolean wider) {
    return from(end(), wider ? width * 2 : width);
  }
}
