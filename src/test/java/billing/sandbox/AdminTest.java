package billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What somebody who practises sees and can do, and what the sandbox says about itself. */
@Timeout(30)
class AdminTest {

  private final Sandbox sandbox = Sandbox.start(SandboxSettings.DEFAULT);
  private final RawHttp http = RawHttp.to(sandbox.nmiUrl());

  @AfterEach
  void close() {
    sandbox.close();
  }

  private void sale(String order) throws IOException {
    http.post(
        "/api/transact.php",
        "security_key=sandbox-security-key&type=sale&amount=19.99&currency=USD"
            + "&customer_vault_id=V"
            + order
            + "&orderid="
            + order
            + "&ponumber=INV-1");
  }

  @Test
  void showsTheLedger() throws IOException {
    sale("K-1");
    sale("K-2");

    var page = new ObjectMapper().readTree(http.get("/_ledger").body());

    assertThat(page.at("/requests").asInt()).isEqualTo(2);
    assertThat(page.at("/standing").asInt()).isEqualTo(2);
    assertThat(page.at("/totals/USD").asText()).isEqualTo("39.98");
    assertThat(page.at("/chargedTwice/0").asText()).isEqualTo("INV-1");
    assertThat(page.at("/charges/1/key").asText()).isEqualTo("K-2");
    assertThat(RawHttp.to(sandbox.stripeUrl()).get("/_ledger").body()).contains("K-2");
  }

  @Test
  void choosesFaults() throws IOException {
    assertThat(http.post("/_faults", "faults=garbage%3D1").status()).isEqualTo(200);
    assertThat(http.get("/_faults").body()).contains("charge.garbage=1.0");
    var wrong = http.post("/_faults", "faults=garbage%3Dmany");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.body()).contains("many is no probability");
    assertThat(sandbox.faults().weather().chances()).as("unchanged").hasSize(1);
  }

  @Test
  void reversesAndDecidesByHand() throws IOException {
    sale("K-1");
    sale("-HELD-2");
    var charges = sandbox.ledger().charges();

    assertThat(http.post("/_reverse", "id=" + charges.get(0).transactionId()).status())
        .isEqualTo(200);
    assertThat(http.post("/_reverse", "id=" + charges.get(0).transactionId()).status())
        .isEqualTo(404);
    assertThat(sandbox.ledger().standing()).isEmpty();
    assertThat(http.post("/_decide", "approved=true&id=" + charges.get(1).transactionId()).status())
        .isEqualTo(200);
    assertThat(sandbox.ledger().standing()).hasSize(1);
    assertThat(http.get("/_nothing").status()).isEqualTo(404);
  }

  @Test
  void answersNonsenseWith400() throws IOException {
    assertThat(http.post("/api/transact.php", "type=%zz").status()).isEqualTo(400);
    assertThat(http.get("/nowhere").status()).isEqualTo(404);
    assertThat(RawHttp.to(sandbox.stripeUrl()).get("/v1/payment_intents").status())
        .as("without a key")
        .isEqualTo(401);
  }

  @Test
  void declaresTimingsThatItKeeps() {
    sandbox
        .faults()
        .weather(Weather.parse("latency=2s,lag=3s,duplicate-window=9s,effect-late=0.1:5s"));

    var timings = sandbox.timings();

    assertThat(timings.processing()).isGreaterThanOrEqualTo(Duration.ofSeconds(7));
    assertThat(timings.lookupLag()).isGreaterThan(Duration.ofSeconds(3));
    assertThat(timings.duplicateWindow()).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void takesAPortThatIsGivenAndSaysWhenItIsNotFree() {
    var port = sandbox.nmiUrl().getPort();

    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> Sandbox.start(SandboxSettings.DEFAULT.withPorts(0, port)))
        .isInstanceOf(java.io.UncheckedIOException.class)
        .hasMessageContaining("Address already in use");
  }
}
