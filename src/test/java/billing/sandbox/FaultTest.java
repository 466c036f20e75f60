package billing.sandbox;

import static billing.sandbox.Fault.Kind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every fault does what it says: to the client that looks at the wire, and to the ledger. */
@Timeout(30)
class FaultTest {

  private static final String AUTH = "Authorization: Bearer sk_test_sandbox\r\n";

  private final Sandbox sandbox =
      Sandbox.start(SandboxSettings.DEFAULT.withWeather(Weather.parse("lag=0s")));
  private final RawHttp stripe = RawHttp.to(sandbox.stripeUrl());
  private final RawHttp nmi = RawHttp.to(sandbox.nmiUrl());

  @AfterEach
  void close() {
    sandbox.close();
  }

  private static RawHttp.Said stripe(RawHttp http, String key) throws IOException {
    return http.post(
        "/v1/payment_intents",
        "amount=1999&currency=usd&payment_method=pm_1&confirm=true&off_session=true"
            + "&metadata[invoice_id]="
            + key,
        AUTH,
        "Idempotency-Key: " + key + "\r\n");
  }

  private RawHttp.Said charge(String key) throws IOException {
    return stripe(stripe, key);
  }

  private RawHttp.Said sale(String order) throws IOException {
    return nmi.post(
        "/api/transact.php",
        "security_key=sandbox-security-key&type=sale&amount=19.99&customer_vault_id=V"
            + order
            + "&orderid="
            + order);
  }

  private RawHttp.Said list() throws IOException {
    return stripe.get("/v1/payment_intents", AUTH);
  }

  private RawHttp.Said query(String order) throws IOException {
    return nmi.post("/api/query.php", "security_key=sandbox-security-key&order_id=" + order);
  }

  private void strikes(Kind kind) {
    strikes(kind, Duration.ZERO);
  }

  private void strikes(Kind kind, Duration delay) {
    sandbox.faults().next(Match.CHARGE, Fault.of(kind, delay));
  }

  private int taken() {
    return sandbox.ledger().standing().size();
  }

  private void awaitTaken(int count) throws InterruptedException {
    var end = Instant.now().plusSeconds(5);
    while (taken() != count && Instant.now().isBefore(end)) {
      Thread.sleep(10);
    }
    assertThat(taken()).isEqualTo(count);
  }

  @Test
  void resetBefore() {
    strikes(Kind.RESET_BEFORE);
    assertThatThrownBy(() -> charge("K")).isInstanceOf(SocketException.class);
    assertThat(taken()).isZero();
  }

  @Test
  void resetAfter() {
    strikes(Kind.RESET_AFTER);
    assertThatThrownBy(() -> charge("K")).isInstanceOf(SocketException.class);
    assertThat(taken()).isEqualTo(1);
  }

  @Test
  void closedBeforeAndAfter() throws IOException {
    strikes(Kind.CLOSED_BEFORE);
    assertThat(charge("K").text()).isEmpty();
    assertThat(taken()).isZero();
    strikes(Kind.CLOSED_AFTER);
    assertThat(charge("K").text()).isEmpty();
    assertThat(taken()).isEqualTo(1);
  }

  @Test
  void silentBeforeAndAfter() {
    var hasty = stripe.patient(300);
    strikes(Kind.SILENT_BEFORE);
    assertThatThrownBy(() -> stripe(hasty, "K")).isInstanceOf(SocketTimeoutException.class);
    assertThat(taken()).isZero();
    strikes(Kind.SILENT_AFTER);
    assertThatThrownBy(() -> stripe(hasty, "K")).isInstanceOf(SocketTimeoutException.class);
    assertThat(taken()).isEqualTo(1);
  }

  /** Often, since a closing port once let the next connection in. */
  @RepeatedTest(20)
  void refusedConnections() throws IOException {
    charge("K-1");
    sandbox.refuse();
    assertThatThrownBy(() -> charge("K-2")).isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> sale("K-2")).isInstanceOf(ConnectException.class);
    sandbox.accept();
    assertThat(charge("K-2").status()).isEqualTo(200);
    assertThat(sale("K-3").status()).isEqualTo(200);
  }

  @Test
  void outage() throws Exception {
    strikes(Kind.OUTAGE, Duration.ofMillis(500));
    assertThatThrownBy(() -> charge("K")).isInstanceOf(SocketException.class);
    assertThatThrownBy(() -> charge("K")).isInstanceOf(ConnectException.class);
    assertThat(taken()).isZero();
    Thread.sleep(700);
    assertThat(charge("K").status()).isEqualTo(200);
  }

  @Test
  void effectLate() throws Exception {
    strikes(Kind.EFFECT_LATE, Duration.ofMillis(500));
    assertThatThrownBy(() -> stripe(stripe.patient(100), "K"))
        .isInstanceOf(SocketTimeoutException.class);
    assertThat(list().body()).contains("\"data\":[]");
    assertThat(taken()).isZero();
    awaitTaken(1);
  }

  @Test
  void replyLate() {
    strikes(Kind.REPLY_LATE, Duration.ofSeconds(5));
    assertThatThrownBy(() -> stripe(stripe.patient(200), "K"))
        .isInstanceOf(SocketTimeoutException.class);
    assertThat(taken()).isEqualTo(1);
  }

  @Test
  void deliveredTwice() throws Exception {
    strikes(Kind.TWICE);
    assertThat(charge("K-1").status()).isEqualTo(200);
    assertThat(sandbox.ledger().underKey("K-1")).as("the key holds").hasSize(1);
    assertThat(sandbox.ledger().arrivals("K-1")).hasSize(2);

    strikes(Kind.TWICE);
    sale("K-2");
    assertThat(sandbox.ledger().underKey("K-2")).as("the window holds").hasSize(1);

    sandbox.faults().weather(Weather.parse("lag=0s,idempotency=off,duplicate-window=off"));
    strikes(Kind.TWICE);
    charge("K-3");
    strikes(Kind.TWICE, Duration.ofMillis(100));
    sale("K-4");
    awaitTaken(6);
    assertThat(sandbox.ledger().doubles()).containsOnlyKeys("K-3", "K-4");
  }

  @Test
  void repeatedOnTheWay() throws Exception {
    strikes(Kind.REPEATED);
    assertThat(charge("K-1").head()).contains("Idempotent-Replayed: true");
    strikes(Kind.REPEATED);
    assertThat(sale("K-2").body()).contains("Duplicate");
    assertThat(taken()).as("by the first of each").isEqualTo(2);
  }

  @Test
  void garbageAndNothing() throws IOException {
    strikes(Kind.GARBAGE);
    assertThat(charge("K-1").body()).startsWith("<html>");
    strikes(Kind.EMPTY);
    assertThat(sale("K-2").body()).isEmpty();
    assertThat(taken()).isEqualTo(2);
  }

  @Test
  void truncatedAndOfTheWrongLength() throws IOException {
    strikes(Kind.TRUNCATED);
    var cut = charge("K-1");
    assertThat(cut.body().length()).isPositive().isLessThan(cut.promisedLength());
    strikes(Kind.WRONG_LENGTH);
    var wrong = charge("K-2");
    assertThat(wrong.body().length()).isGreaterThan(wrong.promisedLength());
    assertThat(wrong.body()).endsWith("}");
    assertThat(taken()).isEqualTo(2);
  }

  @Test
  void oversized() throws IOException {
    strikes(Kind.OVERSIZED);
    assertThat(charge("K").body().length()).isGreaterThan(16_000_000);
    assertThat(taken()).isEqualTo(1);
  }

  @Test
  void drip() {
    strikes(Kind.DRIP, Duration.ofMillis(100));
    var begin = System.nanoTime();
    assertThatThrownBy(() -> stripe(stripe.patient(50), "K"))
        .isInstanceOf(SocketTimeoutException.class);
    strikes(Kind.DRIP, Duration.ofMillis(2));
    assertThat(catchCharge()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(800));
  }

  private int catchCharge() {
    try {
      return charge("K-2").status();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void throttled() throws IOException {
    strikes(Kind.THROTTLED);
    var refused = charge("K");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.head()).contains("Stripe-Rate-Limited-Reason");
    assertThat(refused.body()).contains("\"code\":\"rate_limit\"");
    assertThat(charge("K").status()).as("not stored").isEqualTo(200);
    strikes(Kind.THROTTLED);
    assertThat(sale("K-2").body()).contains("response_code=301");
    strikes(Kind.HTTP_429);
    assertThat(sale("K-2").status()).isEqualTo(429);
    assertThat(taken()).isEqualTo(1);
  }

  @Test
  void unavailable() throws IOException {
    strikes(Kind.UNAVAILABLE);
    assertThat(charge("K").status()).isEqualTo(503);
    assertThat(charge("K").status()).as("not stored").isEqualTo(200);
    strikes(Kind.UNAVAILABLE);
    assertThat(sale("K-2").status()).isEqualTo(503);
    assertThat(taken()).isEqualTo(1);
  }

  @Test
  void errorsAreStoredUnderTheKey() throws IOException {
    strikes(Kind.ERROR_BEFORE);
    assertThat(charge("K-1").status()).isEqualTo(500);
    var again = charge("K-1");
    assertThat(again.status()).isEqualTo(500);
    assertThat(again.head()).contains("Idempotent-Replayed: true");
    assertThat(taken()).isZero();

    strikes(Kind.ERROR_AFTER);
    assertThat(charge("K-2").status()).isEqualTo(500);
    assertThat(charge("K-2").status()).isEqualTo(500);
    assertThat(taken()).isEqualTo(1);
    assertThat(list().body()).contains("\"status\":\"succeeded\"");
  }

  @Test
  void errorsWithoutKeys() throws IOException {
    strikes(Kind.ERROR_BEFORE);
    assertThat(sale("K-1").status()).isEqualTo(500);
    assertThat(taken()).isZero();
    strikes(Kind.ERROR_AFTER);
    assertThat(sale("K-1").status()).isEqualTo(500);
    assertThat(taken()).isEqualTo(1);
    assertThat(query("K-1").body()).contains("<success>1</success>");
  }

  @Test
  void errorsThatAreResolvedLater() throws Exception {
    strikes(Kind.ERROR_ROLLED_FORWARD, Duration.ofMillis(300));
    assertThat(charge("K-1").status()).isEqualTo(500);
    assertThat(taken()).isZero();
    awaitTaken(1);

    strikes(Kind.ERROR_ROLLED_BACK, Duration.ofMillis(300));
    assertThat(charge("K-2").status()).isEqualTo(500);
    assertThat(taken()).isEqualTo(2);
    awaitTaken(1);
  }

  @Test
  void unsure() throws IOException {
    strikes(Kind.UNSURE_BEFORE);
    assertThat(sale("K-1").body()).contains("response_code=420");
    assertThat(taken()).isZero();
    strikes(Kind.UNSURE_AFTER);
    assertThat(sale("K-1").body()).contains("response_code=421", "transactionid=&");
    assertThat(taken()).isEqualTo(1);
    strikes(Kind.UNSURE_AFTER);
    assertThat(charge("K-2").status()).isEqualTo(424);
    assertThat(taken()).isEqualTo(2);
  }

  @Test
  void duplicateDeclineAndHeld() throws IOException {
    strikes(Kind.DUPLICATE);
    assertThat(sale("K-1").body()).contains("response=3", "response_code=430");
    assertThat(query("K-1").body()).contains("<condition>failed", "<response_code>430");
    strikes(Kind.DUPLICATE);
    assertThat(charge("K-2").body()).contains("duplicate_transaction");
    strikes(Kind.DECLINE);
    assertThat(sale("K-3").body()).contains("response=2", "response_code=202");
    strikes(Kind.DECLINE);
    assertThat(charge("K-4").body()).contains("insufficient_funds");
    strikes(Kind.HELD);
    assertThat(charge("K-5").body()).contains("\"status\":\"processing\"");
    strikes(Kind.HELD);
    assertThat(sale("K-6").body()).contains("response_code=420");
    assertThat(query("K-6").body()).contains("in_progress");
    assertThat(taken()).isZero();
  }

  @Test
  void lookupsThatFailOrAreStale() throws IOException {
    charge("K-1");
    sale("K-2");
    for (int i = 0; i < 2; i++) {
      sandbox.faults().next(Match.LOOKUP, Fault.of(Kind.LOOKUP_FAILS));
    }
    assertThat(list().status()).isEqualTo(503);
    assertThat(query("K-2").body()).contains("<error_response>");
    for (int i = 0; i < 2; i++) {
      sandbox.faults().next(Match.LOOKUP, Fault.of(Kind.LOOKUP_STALE, Duration.ofHours(1)));
    }
    assertThat(list().body()).contains("\"data\":[]");
    assertThat(query("K-2").body()).contains("<nm_response></nm_response>");
    assertThat(list().body()).contains("succeeded");
    assertThat(query("K-2").body()).contains("K-2");
  }

  @Test
  void latencyAndLag() throws IOException {
    sandbox.faults().weather(Weather.parse("latency=200ms,lag=1h"));
    var begin = System.nanoTime();
    charge("K-1");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(190));
    assertThat(list().body()).contains("\"data\":[]");
    assertThat(query("K-1").body()).contains("<nm_response></nm_response>");
  }
}
