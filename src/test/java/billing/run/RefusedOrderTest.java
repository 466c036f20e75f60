package billing.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import billing.model.Currency;
import billing.run.ResolveOrder.Accept;
import billing.run.ResolveOrder.ChargeIt;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the gateway refused of an order. In words that name neither account nor parameter it may
 * have meant the account, and when that is mended nothing of the invoice changes.
 */
class RefusedOrderTest {

  @Test
  void isChargedUnderANewKeyOnceAPersonSaysSo() {
    try (var scene = refused()) {
      takenNow(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).as("by itself nothing goes on").containsExactly("CANCELLED");
      var id = difference(scene);

      assertThat(ResolveTest.resolve(scene, new ChargeIt(id)).done()).isTrue();
      assertThat(ResolveTest.resolve(scene, new ChargeIt(id)).done()).as("again").isFalse();

      chargedOnce(scene);
    }
  }

  @Test
  void isChargedAlsoWhereItWasAcceptedBefore() {
    try (var scene = refused()) {
      var id = difference(scene);
      ResolveTest.resolve(scene, new Accept(id));
      takenNow(scene);
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.states(1001)).as("it stays uncharged").containsExactly("CANCELLED");

      assertThat(ResolveTest.resolve(scene, new ChargeIt(id)).done()).isTrue();

      chargedOnce(scene);
    }
  }

  @Test
  void isADifferenceAgainWhereItIsRefusedAgain() {
    try (var scene = refused()) {
      var first = difference(scene);
      ResolveTest.resolve(scene, new ChargeIt(first));

      assertThat(scene.charge().exitCode()).isEqualTo(4);

      assertThat(scene.states(1001)).containsExactly("CANCELLED", "CANCELLED");
      assertThat(difference(scene)).isGreaterThan(first);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).hasSize(2);
    }
  }

  @Test
  void whatEveryRunJudgesItselfIsNotReleasedByAWord() {
    try (var scene = new Scene("latency=5ms")) {
      scene.maxAmounts = Map.of(Currency.of("USD").orElseThrow(), 100L);
      scene.invoice(1001, "79.00", scene.good()).enroll();
      assertThat(scene.charge().exitCode()).isEqualTo(4);

      var refused =
          catchThrowableOfType(
              RunRefused.class, () -> ResolveTest.resolve(scene, new ChargeIt(difference(scene))));

      assertThat(refused.exitCode()).isEqualTo(6);
      assertThat(refused.remedy()).isEqualTo("it is for --accept");
    }
  }

  private static Scene refused() {
    var scene = new Scene("latency=5ms");
    scene.invoice(1001, "79.00", "pm_detached").enroll();
    assertThat(scene.charge().exitCode()).isEqualTo(4);
    assertThat(scene.states(1001)).containsExactly("CANCELLED");
    return scene;
  }

  /** As if the account had been mended: the card is the same for all that we know. */
  static void takenNow(Scene scene) {
    scene.schema.owner(
        """
        UPDATE customers SET payment_ref = 'pm_card_visa';
        UPDATE charge_differences
           SET invoice_print = REPLACE(invoice_print, 'pm_detached', 'pm_card_visa');
        """);
  }

  private static long difference(Scene scene) {
    return Long.parseLong(
        scene.schema.one("SELECT id FROM charge_differences WHERE state = 'OPEN'"));
  }

  private static void chargedOnce(Scene scene) {
    assertThat(scene.charge().exitCode()).isZero();
    assertThat(scene.states(1001)).containsExactly("CANCELLED", "SETTLED");
    assertThat(scene.sandbox.ledger().underKey("SHOP-1001-1")).isEmpty();
    assertThat(scene.sandbox.ledger().underKey("SHOP-1001-2")).hasSize(1);
    assertThat(scene.count("charge_differences WHERE state <> 'GONE'")).isZero();
    scene.judge();
  }
}
