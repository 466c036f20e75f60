package billing.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.nmi.Nmi;
import billing.gateway.stripe.Stripe;
import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Money;
import billing.model.Order;
import billing.model.Sends;
import billing.sandbox.Sandbox;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A door of the sandbox, the adapter that goes through it, and the cards that it knows. */
enum Door {
  STRIPE(
      "stripe",
      "sk_test_sandbox",
      "pm_card_visa_7",
      "pm_card_chargeDeclinedInsufficientFunds",
      "pm_card_chargeDeclinedStolenCard",
      "pm_missing"),
  NMI("nmi", "sandbox-security-key", "V1001", "V-DECLINE-202", "V-DECLINE-252", "V-MISSING");

  private final String kind;
  private final String key;
  final String good;
  final String poor;
  final String stolen;
  final String missing;

  Door(String kind, String key, String good, String poor, String stolen, String missing) {
    this.kind = kind;
    this.key = key;
    this.good = good;
    this.poor = poor;
    this.stolen = stolen;
    this.missing = missing;
  }

  URI url(Sandbox sandbox) {
    return this == STRIPE ? sandbox.stripeUrl() : sandbox.nmiUrl();
  }

  Gateway open(Sandbox sandbox, InstantSource clock, Duration timeout) {
    return open(sandbox, clock, timeout, key);
  }

  Gateway open(Sandbox sandbox, InstantSource clock, Duration timeout, String key) {
    var settings = new GatewaySettings(url(sandbox), key, 4, timeout, sandbox.timings());
    return this == STRIPE ? Stripe.open(settings, clock) : Nmi.open(settings, clock);
  }

  /** What a pay page of somebody's does: 47.11 USD of the good card, without a key of ours. */
  void chargeElsewhere(Sandbox sandbox) throws Exception {
    if (this == STRIPE) {
      confirmElsewhere(sandbox, intentElsewhere(sandbox));
    } else {
      var sale = "type=sale&amount=47.11&currency=USD&security_key=" + key;
      var said = post(sandbox, "/api/transact.php", sale + "&customer_vault_id=" + good);
      assertThat(said).contains("response=1");
    }
  }

  /** The intent that such a page at Stripe makes before anybody pays. */
  String intentElsewhere(Sandbox sandbox) throws Exception {
    return id(post(sandbox, "/v1/payment_intents", "amount=4711&currency=usd"));
  }

  void confirmElsewhere(Sandbox sandbox, String intent) throws Exception {
    var path = "/v1/payment_intents/" + intent + "/confirm";
    assertThat(post(sandbox, path, "payment_method=" + good)).contains("succeeded");
  }

  /** As scripts charge at Stripe that are older than its intents. */
  String chargeWithoutAnIntent(Sandbox sandbox) throws Exception {
    return id(post(sandbox, "/v1/charges", "amount=4711&currency=usd&source=card_7"));
  }

  /** What such a page at Stripe does that takes the money when it delivers. */
  String authorizeElsewhere(Sandbox sandbox) throws Exception {
    var form = "amount=4711&currency=usd&capture_method=manual&confirm=true&payment_method=" + good;
    return id(post(sandbox, "/v1/payment_intents", form));
  }

  void captureElsewhere(Sandbox sandbox, String intent, long amount) throws Exception {
    var path = "/v1/payment_intents/" + intent + "/capture";
    assertThat(post(sandbox, path, "amount_to_capture=" + amount)).contains("succeeded");
  }

  private static String id(String reply) {
    return reply.split("\"", 5)[3];
  }

  private String post(Sandbox sandbox, String path, String form) throws Exception {
    var request =
        HttpRequest.newBuilder(url(sandbox).resolve(path))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  /** The attempt of an invoice as it stands at a send, the evidence of its sends given. */
  Attempt attempt(String invoice, String card, String sends, Instant sentAt) {
    var order =
        new Order(
            ChargeKey.of("T", invoice, 1),
            invoice,
            1,
            "inst-1",
            new Money(1999, Currency.of("USD").orElseThrow()),
            this == STRIPE ? "cus_9" : null,
            card,
            "Invoice " + invoice,
            new Account(kind, null, false),
            1);
    return new Attempt(
        order,
        AttemptState.SENT,
        sends.length(),
        new Sends(sends),
        sentAt,
        sentAt,
        null,
        null,
        0,
        null,
        7);
  }
}
