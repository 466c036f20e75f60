package billing.gateway;

import billing.model.Timings;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter is opened with.
 *
 * @param url the base to which the adapter adds its paths
 * @param key the secret key; never in a log, a reply's text or an exception
 * @param concurrency requests at once
 * @param timeout the deadline of a whole exchange
 * @param timings instead of the adapter's own; only towards a sandbox on loopback
 */
public record GatewaySettings(
    URI url, String key, int concurrency, Duration timeout, @Nullable Timings timings) {

  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

  /**
   * Checks each part.
   *
   * @throws IllegalArgumentException in the words of a settings error: the key, and what is
   *     expected
   */
  public GatewaySettings {
    Endpoint.of(url);
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "gateway.key: 1 to 255 characters of printable ASCII without blanks");
    }
    if (concurrency < 1) {
      throw new IllegalArgumentException("gateway.concurrency: at least 1");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("gateway.timeout: more than nothing");
    }
    if (timings != null && !Endpoint.isLoopback(url)) {
      throw new IllegalArgumentException(
          "gateway.timings: only with a gateway.url on this machine, for a sandbox");
    }
  }

  /** The sandbox's timings where they are set, else the adapter's own. */
  public Timings timingsOr(Timings declared) {
    return timings == null ? declared : timings;
  }

  /** Whether the gateway is a sandbox on this machine. */
  public boolean isLoopback() {
    return Endpoint.isLoopback(url);
  }

  @Override
  public String toString() {
    return "GatewaySettings[" + url + ", key=***]";
  }
}
