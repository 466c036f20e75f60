package billing.sandbox;

import billing.model.Timings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;

/**
 * A gateway simulator on loopback: one ledger of truth, and a door in each gateway's own protocol.
 *
 * <p>Both doors also answer {@code GET /_ledger}, {@code GET} and {@code POST /_faults}, {@code
 * POST /_reverse} and {@code POST /_decide} to whoever practises.
 */
public final class Sandbox implements AutoCloseable {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final SandboxSettings settings;
  private final Ledger ledger;
  private final Faults faults;
  private final Works works = new Works();
  private final Listener stripe;
  private final Listener nmi;

  private Sandbox(SandboxSettings settings) throws IOException {
    this.settings = settings;
    ledger = new Ledger(settings.clock());
    faults = new Faults(settings.weather());
    var effects = new Effects(ledger, faults, works);
    var ids = new Ids();
    var admin = new Admin(ledger, faults);
    var stripeDoor = new StripeDoor(settings, ledger, faults, effects, ids);
    var nmiDoor = new NmiDoor(settings, ledger, faults, effects, ids);
    stripe =
        new Listener(
            settings.stripePort(), new Wire(stripeDoor, ledger, faults, admin, works), works);
    try {
      nmi =
          new Listener(settings.nmiPort(), new Wire(nmiDoor, ledger, faults, admin, works), works);
    } catch (IOException e) {
      stripe.close();
      throw e;
    }
  }

  /**
   * Opens both doors.
   *
   * @throws UncheckedIOException where a port is taken
   */
  public static Sandbox start(SandboxSettings settings) {
    try {
      return new Sandbox(settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For {@code gateway.url}; the adapter adds {@code /v1/...}. */
  public URI stripeUrl() {
    return URI.create("http://127.0.0.1:" + stripe.port());
  }

  /** For {@code gateway.url}; the adapter adds {@code /api/...}. */
  public URI nmiUrl() {
    return URI.create("http://127.0.0.1:" + nmi.port());
  }

  public SandboxSettings settings() {
    return settings;
  }

  public Ledger ledger() {
    return ledger;
  }

  public Faults faults() {
    return faults;
  }

  /** Refuses every connection at both doors, until {@link #accept}. */
  public void refuse() {
    try {
      stripe.refuse();
      nmi.refuse();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void accept() {
    stripe.listen();
    nmi.listen();
  }

  /**
   * For {@code gateway.timings}: how long this sandbox takes under its present weather. A fault
   * that the script adds is not in it.
   */
  public Timings timings() {
    var weather = faults.weather();
    var effect = Duration.ZERO;
    for (var chance : weather.chances()) {
      var delay = chance.fault().delay();
      if (chance.fault().kind().takesEffectLate() && delay.compareTo(effect) > 0) {
        effect = delay;
      }
    }
    return new Timings(
        Duration.ofSeconds(3),
        SECOND,
        SECOND.plus(weather.latency()).plus(effect),
        weather.lag().plusMillis(200),
        SECOND,
        Duration.ofMillis(200),
        weather.duplicateWindow(),
        Duration.ofMinutes(1));
  }

  @Override
  public void close() {
    try {
      refuse();
    } finally {
      works.close();
    }
  }
}
