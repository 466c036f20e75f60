package billing.gateway;

import billing.gateway.nmi.Nmi;
import billing.gateway.stripe.Stripe;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;

/** The gateways that this program speaks to, by kind. */
public final class Gateways {

  private static final List<String> KINDS = List.of("nmi", "stripe");

  private Gateways() {}

  public static List<String> kinds() {
    return KINDS;
  }

  /**
   * The vendor's own address.
   *
   * @throws IllegalArgumentException in the words of a settings error
   */
  public static URI defaultUrl(String kind) {
    return switch (kind) {
      case "stripe" -> Stripe.URL;
      case "nmi" -> Nmi.URL;
      default -> throw unknown();
    };
  }

  /**
   * The adapter of that kind.
   *
   * @throws IllegalArgumentException in the words of a settings error
   */
  public static Gateway open(String kind, GatewaySettings settings) {
    return switch (kind) {
      case "stripe" -> Stripe.open(settings, InstantSource.system());
      case "nmi" -> Nmi.open(settings, InstantSource.system());
      default -> throw unknown();
    };
  }

  private static IllegalArgumentException unknown() {
    return new IllegalArgumentException("gateway.kind: one of " + String.join(", ", KINDS));
  }
}
