package billing.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/**
 * How long a gateway takes, as its adapter declares it. A sandbox declares shorter ones.
 *
 * @param permit how long after a claim its send may still begin
 * @param transit how long the network may hold a request
 * @param processing what the gateway may still take after our exchange has ended
 * @param lookupLag how long a finished charge may be missing from its lookup
 * @param clockSkew how far apart the clocks of database, host and gateway may be
 * @param firstAsk how long after a doubt the first lookup makes sense
 * @param duplicateWindow within which the gateway takes an equal charge for a duplicate; zero: none
 * @param indeterminate after which a failure that the gateway stored is given to a person
 */
public record Timings(
    Duration permit,
    Duration transit,
    Duration processing,
    Duration lookupLag,
    Duration clockSkew,
    Duration firstAsk,
    Duration duplicateWindow,
    Duration indeterminate) {

  private static final List<String> NAMES =
      List.of(
          "permit",
          "transit",
          "processing",
          "lag",
          "skew",
          "first-ask",
          "duplicate-window",
          "indeterminate");

  /**
   * Reads what {@link #text} writes: every part, named, separated by commas. Empty where a part is
   * missing, unknown or no duration.
   */
  public static Optional<Timings> parse(String text) {
    var parts = new HashMap<String, Duration>();
    for (var part : text.split(",", -1)) {
      var pair = part.strip().split("=", 2);
      var duration = pair.length == 2 ? Durations.parse(pair[1]) : Optional.<Duration>empty();
      if (duration.isEmpty() || !NAMES.contains(pair[0])) {
        return Optional.empty();
      }
      parts.put(pair[0], duration.get());
    }
    if (parts.size() != NAMES.size()) {
      return Optional.empty();
    }
    var d = NAMES.stream().map(parts::get).toList();
    return Optional.of(
        new Timings(
            d.get(0), d.get(1), d.get(2), d.get(3), d.get(4), d.get(5), d.get(6), d.get(7)));
  }

  /** As the setting {@code gateway.timings} spells them. */
  public String text() {
    var values =
        List.of(
            permit,
            transit,
            processing,
            lookupLag,
            clockSkew,
            firstAsk,
            duplicateWindow,
            indeterminate);
    var parts = new ArrayList<String>();
    for (int i = 0; i < NAMES.size(); i++) {
      parts.add(NAMES.get(i) + "=" + Durations.text(values.get(i)));
    }
    return String.join(",", parts);
  }
}
