package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.run.ResolveOrder.AlreadyPaid;
import billing.run.ResolveOrder.Book;
import billing.run.ResolveOrder.ChargeIt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person says of a charge that somebody else made, and of one that the app has lost. */
@Timeout(120)
class ResolvePaidTest {

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatPaidTheInvoiceElsewhereIsAdoptedAndBookedAndNothingIsCharged(String kind) {
    try (var scene = scene(kind)) {
      var other = chargedElsewhere(scene);

      var report = ResolveTest.resolve(scene, new AlreadyPaid(difference(scene), other));

      assertThat(report.done()).isTrue();
      assertThat(scene.schema.one("SELECT gateway_transaction_id FROM payments")).isEqualTo(other);
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
      assertThat(scene.count("charge_differences WHERE state = 'OPEN'")).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatWasForSomethingElseLetsTheInvoiceBeCharged(String kind) {
    try (var scene = scene(kind)) {
      chargedElsewhere(scene);

      assertThat(ResolveTest.resolve(scene, new ChargeIt(difference(scene))).done()).isTrue();

      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.sandbox.ledger().standing()).hasSize(2);
      assertThat(scene.count("payments")).isOne();
    }
  }

  @Test
  void anotherTransactionThanTheOneThatWasFoundIsRefused() {
    try (var scene = scene("stripe")) {
      chargedElsewhere(scene);

      var form = new AlreadyPaid(difference(scene), "pi_nobody_knows");

      ResolveTest.refused(scene, form, 6, "pi_nobody_knows");
      assertThat(scene.count("payments")).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatTheAppHasLostIsBookedOnceMore(String kind) {
    try (var scene = scene(kind)) {
      assertThat(scene.charge().exitCode()).isZero();
      var paid = scene.schema.one("SELECT gateway_transaction_id FROM payments");
      scene.schema.owner(
          """
          DELETE FROM payments;
          DELETE FROM transactions;
          """);
      assertThat(scene.charge().exitCode()).isEqualTo(4);

      assertThat(ResolveTest.resolve(scene, new Book(difference(scene))).done()).isTrue();

      assertThat(scene.schema.one("SELECT gateway_transaction_id FROM payments")).isEqualTo(paid);
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
    }
  }

  private static Scene scene(String kind) {
    var scene = new Scene("latency=5ms,lag=50ms,duplicate-window=0ms");
    scene.kind = kind;
    return scene.invoices(1001, 1, scene.good()).enroll();
  }

  private static String chargedElsewhere(Scene scene) {
    var card = scene.schema.one("SELECT payment_ref FROM customers");
    var other = OutOfStep.chargeByHand(scene, "OLD-1", "1001", "", "cus_1001", card);
    assertThat(scene.charge().exitCode()).isEqualTo(4);
    assertThat(scene.schema.one("SELECT kind FROM charge_differences"))
        .isEqualTo("CHARGED_ELSEWHERE");
    return other;
  }

  private static long difference(Scene scene) {
    return Long.parseLong(
        scene.schema.one("SELECT id FROM charge_differences WHERE state = 'OPEN'"));
  }
}
