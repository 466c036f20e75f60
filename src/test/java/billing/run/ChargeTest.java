package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChargeTest {

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void oneInvoiceGoesTheWholeWay(String kind) {
    try (var scene = new Scene("latency=5ms")) {
      scene.kind = kind;
      scene.invoices(1001, 1, scene.good()).enroll();

      var report = scene.charge();

      assertThat(report.exitCode()).isZero();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.schema.one("SELECT amount_due FROM invoices")).isEqualTo("0.0000");
      assertThat(scene.mail.received()).hasSize(1);
      assertThat(scene.mail.received().getFirst().messageId())
          .isEqualTo("<SHOP-1001-1.accepted@shop.example>");
      scene.judge();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void manyAreChargedAndTheDeclinedWaitForTheirDay(String kind) {
    try (var scene = new Scene("latency=5ms")) {
      scene.kind = kind;
      scene.invoices(1001, 150, scene.good()).invoices(2001, 10, scene.poor()).enroll();

      var report = scene.charge();

      assertThat(report.exitCode()).isZero();
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(150);
      assertThat(scene.count("charge_attempts WHERE state = 'DECLINED'")).isEqualTo(10);
      assertThat(scene.mail.received()).hasSize(160);
      scene.judge();

      assertThat(scene.charge().figures()).isEmpty();
      scene.judge();
    }
  }

  @Test
  void nothingDueIsNothingDone() {
    try (var scene = new Scene("latency=5ms")) {
      scene.enroll();

      var report = scene.charge();

      assertThat(report.exitCode()).isZero();
      assertThat(report.figures()).isEmpty();
      assertThat(scene.sandbox.ledger().charges()).isEmpty();
    }
  }
}
