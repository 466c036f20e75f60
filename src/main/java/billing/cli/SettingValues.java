package billing.cli;

import billing.model.Currency;
import billing.model.Durations;
import billing.model.Money;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The forms of values. Each is strict: what is not exactly as expected is empty. */
final class SettingValues {

  static final int MOST_PORT = 65_535;

  private static final int MOST_RETRY_DAYS = 365;
  private static final Pattern AMOUNT = Pattern.compile("\\d{1,15}(\\.\\d{1,4})?");
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|\\[?::1]?|127(\\.\\d{1,3}){3}");

  private SettingValues() {}

  static Function<String, Optional<String>> matching(String form) {
    var pattern = Pattern.compile(form);
    return text -> Optional.of(text).filter(t -> pattern.matcher(t).matches());
  }

  static Function<String, Optional<Integer>> number(int least, int most) {
    return text ->
        Optional.of(text)
            .filter(t -> t.matches("\\d{1,7}"))
            .map(Integer::valueOf)
            .filter(n -> n >= least && n <= most);
  }

  static Function<String, Optional<Duration>> duration(Duration least, Duration most) {
    return text ->
        Durations.parse(text).filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0);
  }

  /** A region, so that its daylight saving time is known; an offset has none. */
  static Optional<ZoneId> zone(String text) {
    return Optional.of(text).filter(ZoneId.getAvailableZoneIds()::contains).map(ZoneId::of);
  }

  static Optional<List<Integer>> retryDays(String text) {
    if (text.equals("none")) {
      return Optional.of(List.of());
    }
    var days = new ArrayList<Integer>();
    for (var part : text.split(",", -1)) {
      int last = days.isEmpty() ? 0 : days.getLast();
      var day = number(last + 1, MOST_RETRY_DAYS).apply(part.strip());
      if (day.isEmpty()) {
        return Optional.empty();
      }
      days.add(day.get());
    }
    return Optional.of(List.copyOf(days));
  }

  static Optional<Money> amount(String text, Currency currency) {
    return Optional.of(text)
        .filter(t -> AMOUNT.matcher(t).matches())
        .flatMap(t -> Money.exactly(new BigDecimal(t), currency))
        .filter(money -> money.minor() > 0);
  }

  /** A base URL without a slash at its end: https, or http to this machine. */
  static Optional<URI> gatewayUrl(String text) {
    try {
      var url = new URI(text);
      var bare =
          url.getHost() != null
              && url.getPort() <= MOST_PORT
              && url.getRawUserInfo() == null
              && url.getRawQuery() == null
              && url.getRawFragment() == null;
      var scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      if (!bare || !(scheme.equals("https") || (scheme.equals("http") && isLoopback(url)))) {
        return Optional.empty();
      }
      return Optional.of(URI.create(text.replaceFirst("/+$", "")));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** Told by its spelling alone: a name that some resolver maps to loopback does not count. */
  static boolean isLoopback(URI url) {
    return isLoopback(String.valueOf(url.getHost()));
  }

  static boolean isLoopback(String host) {
    return LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }

  /** A path; a relative one starts at the settings file's folder, and without a file is none. */
  static Function<String, Optional<Path>> path(@Nullable Path settingsFile) {
    var folder = settingsFile == null ? null : settingsFile.toAbsolutePath().getParent();
    return text -> {
      try {
        var path = folder == null ? Path.of(text) : folder.resolve(text);
        return Optional.of(path.normalize()).filter(Path::isAbsolute);
      } catch (InvalidPathException e) {
        return Optional.empty();
      }
    };
  }

  static Function<String, Optional<Path>> existingFolder(@Nullable Path settingsFile) {
    var path = path(settingsFile);
    return text -> path.apply(text).filter(Files::isDirectory);
  }
}
