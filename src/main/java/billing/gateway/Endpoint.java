package billing.gateway;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.HttpHost;

/** The base of a gateway's addresses: {@code https}, or {@code http} to this very machine. */
record Endpoint(HttpHost host, String base) {

  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[(0{0,4}:){0,7}0{0,3}1]");

  /**
   * Checks the address.
   *
   * @throws IllegalArgumentException in the words of a settings error
   */
  static Endpoint of(URI url) {
    var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (url.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw new IllegalArgumentException("gateway.url: not an https address");
    }
    if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "gateway.url: only scheme, host, port and path, since the adapter adds the rest");
    }
    if (scheme.equals("http") && !isLoopback(url)) {
      throw new IllegalArgumentException(
          "gateway.url: http only towards this machine (localhost, 127.0.0.1, [::1]), else https");
    }
    var path = url.getRawPath() == null ? "" : url.getRawPath().replaceAll("/+$", "");
    var base = scheme + "://" + url.getRawAuthority() + path;
    return new Endpoint(new HttpHost(scheme, bare(url.getHost()), url.getPort()), base);
  }

  /** By its spelling alone: a name that merely resolves to loopback today does not count. */
  static boolean isLoopback(URI url) {
    var host = url.getHost();
    return host != null && LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  URI resolve(String pathAndQuery) {
    return URI.create(base + pathAndQuery);
  }
}
