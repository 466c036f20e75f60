package billing.sandbox;

import billing.model.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the gateway behaves today: its latency, its rules, and how often which fault strikes.
 *
 * <p>Written as one line, {@code latency=50ms,reset-after=0.05,seed=7}: settings, and faults as
 * {@code [OPERATION.]FAULT=PROBABILITY[:DURATION]}, where the operation is charge, lookup, close,
 * reverse, account, other or any; a fault without one strikes charges, or lookups where it is about
 * them.
 *
 * @param latency what the gateway takes over every request
 * @param lag how long a charge is missing from lists and queries
 * @param duplicateWindow NMI: an equal amount on the same card is refused within; zero: never
 * @param duplicateOverride NMI: whether a request may set its own window
 * @param duplicateOrderId NMI: whether another order id makes it another charge
 * @param refundsApart NMI: whether a refund is filed as a transaction of its own
 * @param idempotency Stripe: false makes it forget its keys at once
 * @param keyLife Stripe: how long a key is remembered
 * @param rate requests a second that are let in at each door; 0: no limit
 * @param keepAlive how long an idle connection is kept
 * @param seed of the dice; the same requests meet the same faults
 */
public record Weather(
    Duration latency,
    Duration lag,
    Duration duplicateWindow,
    boolean duplicateOverride,
    boolean duplicateOrderId,
    boolean refundsApart,
    boolean idempotency,
    Duration keyLife,
    int rate,
    Duration keepAlive,
    long seed,
    List<Chance> chances) {

  /** How often a fault strikes; a null operation means every one. */
  public record Chance(@Nullable Operation operation, Fault fault, double probability) {}

  private static final String SETTINGS =
      "latency lag duplicate-window duplicate-override duplicate-order-id refunds-apart"
          + " idempotency key-life rate keep-alive seed";

  /** No fault; a lag of 300 ms, a duplicate window of 20 minutes and keys for a day, as vendors. */
  public static final Weather CALM =
      new Weather(
          Duration.ZERO,
          Duration.ofMillis(300),
          Duration.ofMinutes(20),
          true,
          false,
          false,
          true,
          Duration.ofHours(24),
          0,
          Duration.ofMinutes(5),
          1,
          List.of());

  public Weather {
    chances = List.copyOf(chances);
  }

  /**
   * Reads the line; what it does not mention is as in {@link #CALM}.
   *
   * @throws IllegalArgumentException with a message for the operator
   */
  public static Weather parse(String line) {
    var reading = new Reading();
    for (var part : line.split("[,\\s]+", -1)) {
      if (!part.isEmpty()) {
        var pair = part.split("=", 2);
        if (pair.length != 2) {
          throw new IllegalArgumentException(part + ": expected NAME=VALUE");
        }
        reading.take(pair[0], pair[1]);
      }
    }
    return reading.weather();
  }

  /** The line as it is being read. */
  private static final class Reading {
    private Duration latency = CALM.latency;
    private Duration lag = CALM.lag;
    private Duration duplicateWindow = CALM.duplicateWindow;
    private boolean duplicateOverride = CALM.duplicateOverride;
    private boolean duplicateOrderId = CALM.duplicateOrderId;
    private boolean refundsApart = CALM.refundsApart;
    private boolean idempotency = CALM.idempotency;
    private Duration keyLife = CALM.keyLife;
    private int rate = CALM.rate;
    private Duration keepAlive = CALM.keepAlive;
    private long seed = CALM.seed;
    private final List<Chance> chances = new ArrayList<>();

    void take(String name, String value) {
      switch (name) {
        case "latency" -> latency = duration(name, value);
        case "lag" -> lag = duration(name, value);
        case "duplicate-window" ->
            duplicateWindow = value.equals("off") ? Duration.ZERO : duration(name, value);
        case "duplicate-override" -> duplicateOverride = onOff(name, value);
        case "duplicate-order-id" -> duplicateOrderId = onOff(name, value);
        case "refunds-apart" -> refundsApart = onOff(name, value);
        case "idempotency" -> idempotency = onOff(name, value);
        case "key-life" -> keyLife = duration(name, value);
        case "rate" -> rate = number(name, value);
        case "keep-alive" -> keepAlive = duration(name, value);
        case "seed" -> seed = number(name, value);
        default -> chances.add(chance(name, value));
      }
    }

    Weather weather() {
      return new Weather(
          latency,
          lag,
          duplicateWindow,
          duplicateOverride,
          duplicateOrderId,
          refundsApart,
          idempotency,
          keyLife,
          rate,
          keepAlive,
          seed,
          chances);
    }
  }

  private static Chance chance(String name, String value) {
    var dot = name.indexOf('.');
    var kind = Fault.Kind.of(name.substring(dot + 1)).orElseThrow(() -> unknown(name));
    var operation = dot < 0 ? kind.usual() : operation(name, name.substring(0, dot));
    var colon = value.indexOf(':');
    var delay = colon < 0 ? Duration.ZERO : duration(name, value.substring(colon + 1));
    if (kind.takesTime() && delay.isZero()) {
      throw new IllegalArgumentException(
          name + ": for how long? Such as " + name + "=0.05:2s, not " + value);
    }
    return new Chance(
        operation,
        Fault.of(kind, delay),
        probability(name, colon < 0 ? value : value.substring(0, colon)));
  }

  private static @Nullable Operation operation(String name, String word) {
    if (word.equals("any")) {
      return null;
    }
    for (var operation : Operation.values()) {
      if (operation.name().toLowerCase(Locale.ROOT).equals(word)) {
        return operation;
      }
    }
    throw new IllegalArgumentException(
        name + ": expected charge, lookup, close, reverse, account, other or any before the dot");
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException(name + " is unknown. " + vocabulary());
  }

  /** Every word that {@link #parse} knows, for a help text. */
  public static String vocabulary() {
    var faults =
        Arrays.stream(Fault.Kind.values())
            .filter(k -> k != Fault.Kind.NONE)
            .map(Fault.Kind::text)
            .collect(Collectors.joining(" "));
    return "Settings: " + SETTINGS + ". Faults: " + faults;
  }

  private static Duration duration(String name, String value) {
    return Durations.parse(value)
        .orElseThrow(() ->
            new IllegalArgumentException(
                name + ": " + value + " is no duration (such as 50ms, 2s, 20m)"));
  }

  private static boolean onOff(String name, String value) {
    return switch (value) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new IllegalArgumentException(name + ": expected on or off, not " + value);
    };
  }

  private static int number(String name, String value) {
    try {
      return Integer.parseUnsignedInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": " + value + " is no whole number", e);
    }
  }

  private static double probability(String name, String value) {
    try {
      var probability = Double.parseDouble(value);
      if (probability >= 0 && probability <= 1) {
        return probability;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        name + ": " + value + " is no probability (from 0 to 1, such as 0.05)");
  }

  /** The line that {@link #parse} reads. */
  public String text() {
    var parts = new ArrayList<String>();
    parts.add("latency=" + Durations.text(latency));
    parts.add("lag=" + Durations.text(lag));
    parts.add("duplicate-window=" + Durations.text(duplicateWindow));
    parts.add("duplicate-override=" + (duplicateOverride ? "on" : "off"));
    parts.add("duplicate-order-id=" + (duplicateOrderId ? "on" : "off"));
    parts.add("refunds-apart=" + (refundsApart ? "on" : "off"));
    parts.add("idempotency=" + (idempotency ? "on" : "off"));
    parts.add("key-life=" + Durations.text(keyLife));
    parts.add("rate=" + rate);
    parts.add("keep-alive=" + Durations.text(keepAlive));
    parts.add("seed=" + seed);
    for (var chance : chances) {
      var operation =
          chance.operation() == null ? "any" : chance.operation().name().toLowerCase(Locale.ROOT);
      var delay = chance.fault().delay();
      parts.add(
          operation
              + "."
              + chance.fault().kind().text()
              + "="
              + chance.probability()
              + (delay.isZero() ? "" : ":" + Durations.text(delay)));
    }
    return String.join(",", parts);
  }
}
