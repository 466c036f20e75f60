package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.ChargeKey;
import billing.run.ResolveOrder.Declines;
import billing.run.ResolveOrder.Settled;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.sandbox.ReceivedMail;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a letter says is true on the day on which it is sent. */
class LetterTest {

  private static final String VOIDED =
      "SELECT charge_key FROM charge_attempts a JOIN outbox_emails o ON o.attempt_id = a.id"
          + " WHERE o.state = 'VOID'";

  private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

  /** The app's row as it was at the claim says nothing of the invoice as it is now. */
  @Test
  void anInvoiceThatWasRaisedWhileItsChargeWasInDoubtIsNotCalledPaid() {
    try (var scene = new Scene("latency=5ms,lag=0ms,duplicate-window=0ms")) {
      scene.timings = ResolveTest.UNASKED;
      scene.recoveryWait = Duration.ZERO;
      scene.invoice(1001, "100.00", scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.RESET_AFTER));
      scene.charge();
      scene.schema.owner("UPDATE invoices SET amount_due = 120 WHERE id = 1001;");

      scene.charge();

      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.schema.one("SELECT amount_due FROM invoices")).startsWith("20.00");
      speaksOfTheChargeAlone(scene, "100.00 USD");
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
          OutOfStep.chargeByHand(
              scene, "SHOP-1001-1", "1001", installation, "cus_1001", scene.good());
      scene.charge();
      assertThat(scene.states(1001)).containsExactly("REVIEW");

      ResolveTest.resolve(scene, new Settled(new ChargeKey("SHOP-1001-1"), transaction));

      assertThat(scene.schema.one("SELECT amount_due FROM invoices")).startsWith("21.00");
      speaksOfTheChargeAlone(scene, "79.00 USD");
    }
  }

  @Test
  void aDeclineThatIsToldAfterItsNextDayNamesNoDay() {
    try (var scene = new Scene("latency=1ms")) {
      var run = heldDecline(scene);
      scene.schema.owner(
          "UPDATE charge_attempts SET retry_on = '%s';".formatted(today.minusDays(1)));

      ResolveTest.resolve(scene, new Declines(run, true));

      assertThat(scene.mail.received()).hasSize(20);
      for (var words : words(scene)) {
        assertThat(words)
            .contains("We will try again soon")
            .doesNotContain(today.minusDays(1).toString(), "We will not try");
      }
    }
  }

  @Test
  void aDeclineIsNotToldAfterThatOfALaterTry() {
    try (var scene = new Scene("latency=1ms")) {
      var run = heldDecline(scene);
      scene.charge(
          new ChargeOrder(today.plusDays(3), Set.of("1001"), Integer.MAX_VALUE, Duration.ZERO));
      assertThat(letters(scene)).containsExactly("<SHOP-1001-2.declined@shop.example>");

      ResolveTest.resolve(scene, new Declines(run, true));

      assertThat(letters(scene)).hasSize(20).doesNotContain("<SHOP-1001-1.declined@shop.example>");
      assertThat(scene.schema.column(VOIDED)).containsExactly("SHOP-1001-1");
    }
  }

  /** What comes of that try has a letter of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"SENT", "REVIEW"})
  void aDeclineThatIsToldWhileALaterTryIsUnderWayPromisesNone(String state) {
    try (var scene = new Scene("latency=1ms")) {
      var run = heldDecline(scene);
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.HELD));
      scene.charge(
          new ChargeOrder(today.plusDays(3), Set.of("1001"), Integer.MAX_VALUE, Duration.ZERO));
      scene.schema.owner(
          "UPDATE charge_attempts SET state = '%s' WHERE attempt_no = 2;".formatted(state));
      assertThat(scene.states(1001)).containsExactly("DECLINED", state);
      assertThat(scene.mail.received()).isEmpty();

      ResolveTest.resolve(scene, new Declines(run, true));

      var letter = "<SHOP-1001-1.declined@shop.example>";
      for (var mail : scene.mail.received()) {
        for (var words : List.of(mail.text(), mail.html())) {
          if (mail.messageId().equals(letter)) {
            assertThat(words)
                .contains("We have tried again since", "No money was taken")
                .doesNotContain("We will");
          } else {
            assertThat(words).contains("We will try again on");
          }
        }
      }
      assertThat(letters(scene)).hasSize(20).contains(letter);
    }
  }

  @Test
  void whereALostNightIsMadeUpForTheNextTryIsCountedFromToday() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 1, scene.poor()).enroll();
      on(scene, today.minusDays(3));
      var next = scene.schema.one("SELECT retry_on FROM charge_attempts");

      on(scene, today);

      assertThat(scene.states(1001)).containsExactly("DECLINED");
      assertThat(LocalDate.parse(next)).isAfterOrEqualTo(today.plusDays(3));
      assertThat(words(scene).getFirst()).contains("We will try again on " + next);
    }
  }

  @Test
  void soAreTheTriesAfterThat() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 1, scene.poor()).enroll();
      on(scene, today.minusDays(3));
      var first = LocalDate.parse(scene.schema.one("SELECT retry_on FROM charge_attempts"));

      on(scene, first);

      assertThat(scene.states(1001)).containsExactly("DECLINED", "DECLINED");
      assertThat(scene.schema.one("SELECT retry_on FROM charge_attempts WHERE attempt_no = 2"))
          .isEqualTo(first.plusDays(2).toString());
    }
  }

  /** Of a run with too many declines: its number. */
  private long heldDecline(Scene scene) {
    scene.maxDeclines = 50;
    scene.invoices(1001, 20, scene.poor()).enroll();
    var report = on(scene, today);
    assertThat(scene.mail.received()).isEmpty();
    assertThat(scene.count("outbox_emails WHERE state = 'HELD'")).isEqualTo(20);
    return report.run();
  }

  private static ChargeReport on(Scene scene, LocalDate day) {
    return scene.charge(new ChargeOrder(day, Set.of(), Integer.MAX_VALUE, Duration.ZERO));
  }

  private static List<String> letters(Scene scene) {
    return scene.mail.received().stream().map(ReceivedMail::messageId).toList();
  }

  private static void speaksOfTheChargeAlone(Scene scene, String amount) {
    for (var words : words(scene)) {
      assertThat(words)
          .contains("We have charged", amount, "This payment is complete")
          .doesNotContain("invoice is paid", "nothing left for you to do", "was due");
    }
  }

  /** The last letter, as text and as a page. */
  private static List<String> words(Scene scene) {
    var last = scene.mail.received().getLast();
    return List.of(last.text(), last.html());
  }
}
