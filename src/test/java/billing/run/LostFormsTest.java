package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.run.ResolveOrder.Accept;
import billing.run.ResolveOrder.AlreadyPaid;
import billing.run.ResolveOrder.Book;
import billing.run.ResolveOrder.ChargeIt;
import billing.run.ResolveOrder.Declines;
import billing.run.ResolveOrder.Form;
import billing.store.DatabaseProxy;
import billing.store.DatabaseProxy.Harm;
import billing.store.DatabaseTrouble;
import billing.store.Installations;
import billing.store.Pause;
import billing.store.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The decisions about differences, and the commands without one: see {@link LostDecisionTest}. */
@Timeout(120)
class LostFormsTest {

  static List<Harm> lost() {
    return LostDecisionTest.lost();
  }

  @ParameterizedTest
  @MethodSource("lost")
  void whatWasPaidElsewhereIsAdoptedAndBookedOnce(Harm harm) throws Exception {
    try (var scene = chargedElsewhere()) {
      var differences =
          eachCommitLost(
              scene, harm, (n, difference) -> new AlreadyPaid(difference, byHand(scene, n)));
      var commits = differences.size();

      decidedOnce(scene, "ALREADY_PAID", differences);
      scene.charge();
      for (int n = 1; n <= commits; n++) {
        assertThat(scene.states(n)).as(scene.story(n)).containsExactly("SETTLED");
        assertThat(scene.count("payments WHERE invoice_id = " + n)).isOne();
      }
      assertThat(scene.sandbox.ledger().standing()).hasSize(LostDecisionTest.MOST_COMMITS);
    }
  }

  @ParameterizedTest
  @MethodSource("lost")
  void whatWasForSomethingElseLetsTheInvoiceBeChargedOnce(Harm harm) throws Exception {
    try (var scene = chargedElsewhere()) {
      var differences = eachCommitLost(scene, harm, (n, difference) -> new ChargeIt(difference));
      var commits = differences.size();

      decidedOnce(scene, "CHARGE_IT", differences);
      scene.charge();
      for (int n = 1; n <= commits; n++) {
        assertThat(scene.states(n)).as(scene.story(n)).containsExactly("SETTLED");
        assertThat(scene.count("payments WHERE invoice_id = " + n)).isOne();
      }
      assertThat(scene.sandbox.ledger().standing())
          .hasSize(LostDecisionTest.MOST_COMMITS + commits);
    }
  }

  @ParameterizedTest
  @MethodSource("lost")
  void whatTheGatewayRefusedAndTakesNowIsChargedOnce(Harm harm) throws Exception {
    try (var scene = new Scene(LostDecisionTest.CALM)) {
      scene.enroll();
      // A few a run: a gateway that refuses all orders ends the sending.
      for (int from = 1; from <= LostDecisionTest.MOST_COMMITS; from += 3) {
        scene.invoices(from, 3, "pm_detached").charge();
      }
      RefusedOrderTest.takenNow(scene);
      var differences = eachCommitLost(scene, harm, (n, difference) -> new ChargeIt(difference));
      var commits = differences.size();

      decidedOnce(scene, "CHARGE_IT", differences);
      scene.charge();
      for (int n = 1; n <= commits; n++) {
        assertThat(scene.states(n)).as(scene.story(n)).containsExactly("CANCELLED", "SETTLED");
      }
      assertThat(scene.sandbox.ledger().standing()).hasSize(commits);
      scene.judge();
    }
  }

  @ParameterizedTest
  @MethodSource("lost")
  void whatTheAppHasLostIsBookedOnceMoreAndNotTwice(Harm harm) throws Exception {
    try (var scene = charged()) {
      scene.schema.owner(
          """
          DELETE FROM payments;
          DELETE FROM transactions;
          """);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      var differences = eachCommitLost(scene, harm, (n, difference) -> new Book(difference));
      var commits = differences.size();

      decidedOnce(scene, "BOOK", differences);
      for (int n = 1; n <= commits; n++) {
        assertThat(scene.count("payments WHERE invoice_id = " + n)).isOne();
      }
      assertThat(scene.count("payments")).isEqualTo(commits);
      scene.judgeCharges();
    }
  }

  @ParameterizedTest
  @MethodSource("lost")
  void whatIsAcceptedStaysAsItIs(Harm harm) throws Exception {
    try (var scene = charged()) {
      scene.schema.owner("UPDATE invoices SET amount_due = 79;");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      scene.schema.owner("UPDATE invoices SET amount_due = 0;");
      var differences = eachCommitLost(scene, harm, (n, difference) -> new Accept(difference));

      decidedOnce(scene, "ACCEPT", differences);
      scene.charge();
      scene.judge();
    }
  }

  @ParameterizedTest
  @MethodSource("lost")
  void declinesThatAreVoidAreToldToNobody(Harm harm) throws Exception {
    try (var scene = new Scene(LostDecisionTest.CALM)) {
      scene.maxDeclines = 50;
      scene.enroll();
      var runs = new ArrayList<Long>();

      LostDecisionTest.eachCommitLost(
          scene,
          harm,
          LostDecisionTest.OF_THE_DECISION,
          n -> {
            scene.invoices(1000 + 20 * n, 20, scene.poor());
            var run = scene.charge();
            assertThat(run.exitCode()).as("%s", run.trouble()).isEqualTo(6);
            runs.add(run.run());
            return new Declines(run.run(), false);
          });

      decidedOnce(scene, "VOID", runs);
      assertThat(scene.count("outbox_emails WHERE state = 'VOID'")).isGreaterThanOrEqualTo(80);
      assertThat(scene.count("outbox_emails WHERE state <> 'VOID'")).isZero();
      assertThat(scene.mail.received()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("lost")
  void anotherHostIsEnrolledAndTheInstallationStaysOne(Harm harm) throws Exception {
    try (var scene = charged()) {
      var harmed = true;
      var nth = 1;
      for (; harmed; nth++) {
        var other = new Scene(scene, Scene.freshStateDir());
        other.host = "other" + nth;
        var said = false;
        try (var proxy = new DatabaseProxy(scene.schema.port()).harm(harm, nth)) {
          other.login = scene.schema.settingsThrough(proxy.port());
          other.impatient = true;
          said = inTrouble(other::enroll);
          harmed = proxy.harmed();
        }
        other.login = null;
        other.impatient = false;
        if (!said) {
          other.enroll();
        }

        try (var database = scene.database()) {
          assertThat(new Installations(database).current().orElseThrow().hosts())
              .hasSize(nth + 1)
              .contains("app1", other.host);
        }
        assertThat(scene.count("(SELECT DISTINCT installation FROM billing_installation) i"))
            .isOne();
        var charged = scene.invoices(100 + nth, 1, scene.good()).charge();
        assertThat(charged.exitCode()).as("%s", charged.trouble()).isZero();
        scene.judge();
      }
      assertThat(nth).as("commits of an enrolment").isGreaterThan(3);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Harm.class,
      names = {"REQUEST_LOST", "REPLY_LOST"})
  void aPauseHoldsAndAResumeEndsIt(Harm harm) throws Exception {
    try (var scene = charged()) {
      switched(scene, harm, true);
      assertThat(scene.invoices(100, 1, scene.good()).charge().exitCode()).isEqualTo(6);
      assertThat(scene.sandbox.ledger().standing()).hasSize(LostDecisionTest.MOST_COMMITS);

      switched(scene, harm, false);
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.states(100)).containsExactly("SETTLED");
      scene.judge();
    }
  }

  /** Without the person's saying it again: the command has made sure by itself. */
  private static void switched(Scene scene, Harm harm, boolean paused) throws Exception {
    try (var proxy = new DatabaseProxy(scene.schema.port()).harm(harm, 1)) {
      scene.login = scene.schema.settingsThrough(proxy.port());
      scene.impatient = true;
      try (var database = scene.database()) {
        if (paused) {
          new Pause(database).pause("a test");
        } else {
          new Pause(database).resume();
        }
        assertThat(new Status(database).fence().paused()).isEqualTo(paused);
      }
      assertThat(proxy.harmed()).isTrue();
    }
    scene.login = null;
    scene.impatient = false;
  }

  private static Scene charged() {
    var scene = new Scene(LostDecisionTest.CALM);
    scene.invoices(1, LostDecisionTest.MOST_COMMITS, scene.good()).enroll();
    assertThat(scene.charge().exitCode()).isZero();
    return scene;
  }

  private static Scene chargedElsewhere() {
    var scene = new Scene(LostDecisionTest.CALM);
    scene.kind = "nmi"; // there each invoice has a card of its own
    scene.invoices(1, LostDecisionTest.MOST_COMMITS, scene.good()).enroll();
    for (int n = 1; n <= LostDecisionTest.MOST_COMMITS; n++) {
      OutOfStep.chargeByHand(scene, "OLD-" + n, "" + n, "", "cus_" + n, scene.good() + n);
    }
    assertThat(scene.charge().exitCode()).isEqualTo(4);
    return scene;
  }

  private static String byHand(Scene scene, int invoice) {
    return scene.sandbox.ledger().underKey("OLD-" + invoice).getFirst().transactionId();
  }

  private static long difference(Scene scene, int invoice) {
    return Long.parseLong(
        scene.schema.one(
            "SELECT id FROM charge_differences WHERE state = 'OPEN' AND invoice_id = '%d'"
                .formatted(invoice)));
  }

  /** Which differences were decided: the one of invoice 1, 2, ... */
  private static List<Long> eachCommitLost(
      Scene scene, Harm harm, BiFunction<Integer, Long, Form> forms) throws Exception {
    var differences = new ArrayList<Long>();
    LostDecisionTest.eachCommitLost(
        scene,
        harm,
        n -> {
          differences.add(difference(scene, n));
          return forms.apply(n, differences.getLast());
        });
    return differences;
  }

  private static void decidedOnce(Scene scene, String decision, List<Long> about) {
    for (var one : about) {
      assertThat(LostDecisionTest.decisions(scene, decision, "" + one)).isOne();
    }
    assertThat(scene.count("billing_decisions")).isEqualTo(about.size());
  }

  /** False: it says that it could not. */
  static boolean inTrouble(Runnable command) {
    try {
      command.run();
      return true;
    } catch (DatabaseTrouble | RunRefused told) {
      assertThat(told.getMessage()).isNotBlank();
      return false;
    }
  }
}
