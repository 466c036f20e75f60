package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.ChargeKey;
import billing.run.ResolveOrder.Settled;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a letter says is true on the day on which it is sent. */
class LetterTest {

  @Test
  void anInvoiceIsCalledPaidWhereAllOfItWasCharged() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoice(1001, "100.00", scene.good()).enroll();

      scene.charge();

      for (var words : words(scene)) {
        assertThat(words).contains("this invoice is paid").doesNotContain("asked for");
      }
    }
  }

  @Test
  void aChargeOfLessThanWasDueIsNotCalledAPaidInvoice() {
    try (var scene = new Scene("latency=5ms,lag=50ms,duplicate-window=0ms")) {
      scene.timings = ResolveTest.UNASKED;
      scene.recoveryWait = Duration.ZERO;
      scene.invoice(1001, "100.00", scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.RESET_BEFORE));
      scene.charge();
      var installation = scene.schema.one("SELECT installation FROM charge_attempts");
      var transaction =
          ReconcileTest.chargeByHand(
              scene, "SHOP-1001-1", "1001", installation, "cus_1001", scene.good());
      scene.charge();
      assertThat(scene.states(1001)).containsExactly("REVIEW");

      ResolveTest.resolve(scene, new Settled(new ChargeKey("SHOP-1001-1"), transaction));

      assertThat(scene.schema.one("SELECT amount_due FROM invoices")).startsWith("21.00");
      for (var words : words(scene)) {
        assertThat(words)
            .contains("We had asked for", "100.00 USD", "79.00 USD")
            .doesNotContain("this invoice is paid", "nothing left for you to do");
      }
    }
  }

  /** The last letter, as text and as a page. */
  private static List<String> words(Scene scene) {
    var last = scene.mail.received().getLast();
    return List.of(last.text(), last.html());
  }
}
