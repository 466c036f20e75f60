package billing.sandbox;

import java.time.InstantSource;
import java.util.Set;

/**
 * What a sandbox is opened with.
 *
 * @param clock by which charges are dated, keys expire and windows close
 * @param stripeKey opens Stripe's door; {@code sk_live_...} for the live mode
 * @param nmiKey opens NMI's door
 * @param otherKeys open the accounts of other merchants, at both doors
 * @param stripePort on loopback; 0 for any free one
 * @param nmiPort likewise
 */
public record SandboxSettings(
    InstantSource clock,
    String stripeKey,
    String nmiKey,
    Set<String> otherKeys,
    int stripePort,
    int nmiPort,
    Weather weather) {

  public static final SandboxSettings DEFAULT =
      new SandboxSettings(
          InstantSource.system(),
          "sk_test_sandbox",
          "sandbox-security-key",
          Set.of(),
          0,
          0,
          Weather.CALM);

  public SandboxSettings withClock(InstantSource other) {
    return new SandboxSettings(other, stripeKey, nmiKey, otherKeys, stripePort, nmiPort, weather);
  }

  public SandboxSettings withStripeKey(String other) {
    return new SandboxSettings(clock, other, nmiKey, otherKeys, stripePort, nmiPort, weather);
  }

  public SandboxSettings withOtherKeys(Set<String> others) {
    return new SandboxSettings(clock, stripeKey, nmiKey, others, stripePort, nmiPort, weather);
  }

  public SandboxSettings withPorts(int stripe, int nmi) {
    return new SandboxSettings(clock, stripeKey, nmiKey, otherKeys, stripe, nmi, weather);
  }

  public SandboxSettings withWeather(Weather other) {
    return new SandboxSettings(clock, stripeKey, nmiKey, otherKeys, stripePort, nmiPort, other);
  }

  /** The merchant whose account the key opens, at Stripe's door or NMI's. */
  boolean opens(String key) {
    return key.equals(stripeKey) || key.equals(nmiKey) || otherKeys.contains(key);
  }
}
