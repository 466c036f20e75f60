package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.sandbox.Fault;
import billing.sandbox.Match;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Somebody else, who charges the customer of invoice 1001 at the gateway's own door. */
final class PayPage {

  static final String OFF_DUE = "UPDATE invoices SET due_on = '2999-01-01';";

  private PayPage() {}

  static Scene scene(String kind) {
    var scene = new Scene("latency=5ms,lag=50ms,duplicate-window=0ms");
    scene.kind = kind;
    return scene.invoices(1001, 1, scene.good()).enroll();
  }

  static Scene soonOutOfSight(String kind) {
    var scene = scene(kind);
    scene.timings = Scene.timings(Scene.SHORT.permit(), Duration.ofSeconds(3));
    scene.timeout = Duration.ofMillis(500);
    return scene;
  }

  static String charge(Scene scene) {
    var card = scene.schema.one("SELECT payment_ref FROM customers");
    return OutOfStep.chargeByHand(scene, "OLD-1", "1001", "", "cus_1001", card);
  }

  /** A bank debit that is on its way, or what NMI leaves in a condition that decides nothing. */
  static String undecided(Scene scene) {
    var card = scene.schema.one("SELECT payment_ref FROM customers");
    if (scene.kind.equals("nmi")) {
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Fault.Kind.HELD));
    } else {
      card = "pm_usBankAccount_processing";
    }
    OutOfStep.replyByHand(scene, "OLD-1", "1001", "", "cus_1001", card);
    return scene.sandbox.ledger().charges().getFirst().transactionId();
  }

  /** As a pay page does that takes the money when it delivers. */
  static String authorize(Scene scene) {
    var card = scene.schema.one("SELECT payment_ref FROM customers");
    if (scene.kind.equals("nmi")) {
      nmi(scene, "type=auth&amount=79.00&currency=USD&orderid=OLD-1&customer_vault_id=" + card);
    } else {
      stripe(
          scene,
          "",
          "amount=7900&currency=usd&customer=cus_1001&confirm=true&capture_method=manual"
              + "&payment_method="
              + card);
    }
    untilTheListingShowsIt();
    return scene.sandbox.ledger().charges().getFirst().transactionId();
  }

  static String authorize(Scene scene, String how, int minor) {
    var form = "amount=%d&currency=usd&customer=cus_1001".formatted(minor);
    var held =
        how.equals("intent")
            ? stripe(
                scene, "", form + "&confirm=true&capture_method=manual&payment_method=pm_card_visa")
            : charges(scene, "", form + "&capture=false&source=card_of_1001");
    untilTheListingShowsIt();
    return id(held);
  }

  static void captureOf(Scene scene, String how, String id) {
    if (how.equals("intent")) {
      stripe(scene, "/" + id + "/capture", "amount_to_capture=7900");
    } else {
      charges(scene, "/" + id + "/capture", "amount=7900");
    }
  }

  static void untilTheListingShowsIt() {
    LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
  }

  static String withoutAnIntent(Scene scene, String more) {
    var form = "amount=7900&currency=usd&customer=cus_1001&source=card_of_1001" + more;
    var other = id(charges(scene, "", form));
    untilTheListingShowsIt();
    return other;
  }

  static String id(String reply) {
    return reply.split("\"", 5)[3];
  }

  static void capture(Scene scene, String transactionId, String amount) {
    if (scene.kind.equals("nmi")) {
      nmi(scene, "type=capture&transactionid=" + transactionId + "&amount=" + amount);
    } else {
      stripe(scene, "/" + transactionId + "/capture", "");
    }
  }

  static void nmi(Scene scene, String form) {
    var said =
        post(
            scene.sandbox.nmiUrl().resolve("/api/transact.php"),
            "security_key=" + scene.sandbox.settings().nmiKey() + "&" + form,
            "none",
            200);
    assertThat(said).startsWith("response=1&");
  }

  static String stripe(Scene scene, String path, String form) {
    return stripe(scene, "/v1/payment_intents" + path, form, 200);
  }

  static String charges(Scene scene, String path, String form) {
    return stripe(scene, "/v1/charges" + path, form, 200);
  }

  static void declined(Scene scene, String path, String form) {
    stripe(scene, path, form, 402);
  }

  static String stripe(Scene scene, String path, String form, int status) {
    return post(
        scene.sandbox.stripeUrl().resolve(path),
        form,
        "Bearer " + scene.sandbox.settings().stripeKey(),
        status);
  }

  private static String post(URI to, String form, String authorization, int status) {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(to)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .header("Authorization", authorization)
              .POST(HttpRequest.BodyPublishers.ofString(form))
              .build();
      var reply = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(reply.statusCode()).as("%s", reply.body()).isEqualTo(status);
      return reply.body();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static void decide(Scene scene, boolean approved) {
    var held = scene.sandbox.ledger().charges().getFirst();
    assertThat(scene.sandbox.ledger().decide(held.id(), approved, "200", "as in a test")).isTrue();
  }

  static long number(Scene scene) {
    return Long.parseLong(
        scene.schema.one("SELECT id FROM charge_differences WHERE state = 'OPEN'"));
  }
}
