package billing.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import billing.model.Timings;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewaySettingsTest {

  private static final Duration DEADLINE = Duration.ofSeconds(80);

  private static GatewaySettings settings(String url, String key) {
    return new GatewaySettings(URI.create(url), key, 32, DEADLINE, null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://api.stripe.com",
        "https://secure.nmi.com/",
        "https://gateway.example:8443/base/",
        "http://localhost:8080",
        "http://127.0.0.1:8080/stripe",
        "http://[::1]:8080"
      })
  void aSafeAddressIsTaken(String url) {
    assertThat(settings(url, "k").url()).hasToString(url);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://api.stripe.com            | gateway.url: http only towards this machine
          http://127.0.0.1.evil.example    | gateway.url: http only towards this machine
          http://localhost.evil.example    | gateway.url: http only towards this machine
          http://10.0.0.1                  | gateway.url: http only towards this machine
          ftp://localhost                  | gateway.url: not an https address
          api.stripe.com                   | gateway.url: not an https address
          https:api.stripe.com             | gateway.url: not an https address
          https://user:secret@host.example | gateway.url: only scheme, host, port and path
          https://host.example?a=b         | gateway.url: only scheme, host, port and path
          https://host.example/#a          | gateway.url: only scheme, host, port and path
          """)
  void anUnsafeAddressIsRefusedWithItsReason(String url, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(url, "k"))
        .withMessageStartingWith(why)
        .withMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "line\nbreak", "ключ"})
  void aKeyThatCannotStandInAHeaderIsRefusedAndNotShown(String key) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings("https://a.example", key))
        .withMessage("gateway.key: 1 to 255 characters of printable ASCII without blanks");
  }

  @Test
  void limitsMustBeLimits() {
    var url = URI.create("https://a.example");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GatewaySettings(url, "k", 0, DEADLINE, null))
        .withMessageStartingWith("gateway.concurrency");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GatewaySettings(url, "k", 1, Duration.ZERO, null))
        .withMessageStartingWith("gateway.timeout");
  }

  @Test
  void shorterTimingsAreForASandboxOnThisMachineOnly() {
    var zero = Duration.ZERO;
    var short1 = new Timings(zero, zero, zero, zero, zero, zero, zero, zero);
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new GatewaySettings(URI.create("https://api.stripe.com"), "k", 1, DEADLINE, short1))
        .withMessageStartingWith("gateway.timings");
    for (var kind : Gateways.kinds()) {
      var local = new GatewaySettings(URI.create("http://localhost:1"), "k", 1, DEADLINE, short1);
      try (var gateway = Gateways.open(kind, local)) {
        assertThat(gateway.timings()).isEqualTo(short1);
        assertThat(gateway.kind()).isEqualTo(kind);
      }
    }
  }

  @Test
  void eachKindHasItsVendorsAddressAndAnotherKindIsRefused() {
    for (var kind : Gateways.kinds()) {
      assertThat(Gateways.defaultUrl(kind)).hasScheme("https");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gateways.open("paypal", settings("https://a.example", "k")))
        .withMessage("gateway.kind: one of nmi, stripe");
  }
}
