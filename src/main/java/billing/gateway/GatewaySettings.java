package billing.gateway;

import billing.model.Timings;
import java.net.URI;
import java.time.Duration;
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

  @Override
  public String toString() {
    return "GatewaySettings[" + url + ", key=***]";
  }
}
