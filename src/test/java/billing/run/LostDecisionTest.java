package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.ChargeKey;
import billing.run.ResolveOrder.ChargeAgain;
import billing.run.ResolveOrder.Declines;
import billing.run.ResolveOrder.Form;
import billing.run.ResolveOrder.NotCharged;
import billing.run.ResolveOrder.Settled;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.sandbox.ReceivedMail;
import billing.store.DatabaseProxy;
import billing.store.DatabaseProxy.Harm;
import billing.store.DatabaseTrouble;
import billing.store.Outbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each COMMIT of a person's command in turn loses its request or its answer. Whatever the command
 * says then, repeating it does the rest, and nothing twice.
 */
@Timeout(120)
class LostDecisionTest {

  /** More than any of these commands has. */
  static final int MOST_COMMITS = 9;

  /** What follows is the sending of mails, which have commits of their own. */
  static final int OF_THE_DECISION = 4;

  static final String CALM = "latency=2ms,lag=0ms,duplicate-window=0ms";

  static List<Harm> lost() {
    return List.of(Harm.REQUEST_LOST, Harm.REPLY_LOST);
  }

  @ParameterizedTest
  @MethodSource("lost")
  void settledIsBookedAndToldOnce(Harm harm) throws Exception {
    try (var scene = inReview()) {
      var commits = eachCommitLost(scene, harm, n -> new Settled(key(n), transaction(scene, n)));

      for (int n = 1; n <= commits; n++) {
        assertThat(scene.states(n)).as(scene.story(n)).containsExactly("SETTLED");
        assertThat(scene.count("payments WHERE invoice_id = " + n)).isEqualTo(1);
        assertThat(decisions(scene, "SETTLED", key(n).value())).isEqualTo(1);
      }
      var told = told(scene);
      assertThat(told).doesNotHaveDuplicates().hasSize(commits);
      scene.judgeCharges();
    }
  }

  @ParameterizedTest
  @MethodSource("lost")
  void settledOnAPersonsWordAloneIsBookedAndToldOnce(Harm harm) throws Exception {
    try (var scene = inReview()) {
      scene.gatewayKey = "sk_test_closed";
      scene.althoughAccountRefused = true;

      var commits = eachCommitLost(scene, harm, n -> new Settled(key(n), transaction(scene, n)));

      for (int n = 1; n <= commits; n++) {
        assertThat(scene.states(n)).as(scene.story(n)).containsExactly("SETTLED");
        assertThat(scene.count("payments WHERE invoice_id = " + n)).isEqualTo(1);
        assertThat(decisions(scene, "SETTLED", key(n).value())).isEqualTo(1);
      }
      assertThat(told(scene)).doesNotHaveDuplicates().hasSize(commits);
      scene.judgeCharges();
    }
  }

  @ParameterizedTest
  @MethodSource("lost")
  void notChargedOnAPersonsWordAloneIsCancelledOnce(Harm harm) throws Exception {
    try (var scene = inReview()) {
      scene.timings = ResolveTest.unasked(Duration.ofSeconds(4));
      scene.gatewayKey = "sk_test_closed";
      scene.althoughAccountRefused = true;
      Thread.sleep(5_000); // past the horizon

      var commits = eachCommitLost(scene, harm, n -> new NotCharged(key(n)));

      for (int n = 1; n <= commits; n++) {
        assertThat(scene.states(n)).as(scene.story(n)).containsExactly("CANCELLED");
        assertThat(decisions(scene, "NOT_CHARGED", key(n).value())).isEqualTo(1);
      }
      // They were charged there: once it answers again, none is charged once more.
      scene.gatewayKey = null;
      scene.chargeUntilDone();
      for (int n = 1; n <= commits; n++) {
        assertThat(scene.states(n).getFirst()).as(scene.story(n)).isEqualTo("SETTLED");
      }
      scene.judgeCharges();
    }
  }

  @ParameterizedTest
  @MethodSource("lost")
  void notChargedIsCancelledOnceAndTheInvoiceGoesOn(Harm harm) throws Exception {
    try (var scene = inReview()) {
      for (int n = 1; n <= MOST_COMMITS; n++) {
        scene.sandbox.ledger().reverse(transaction(scene, n));
      }
      Thread.sleep(5_000); // past the horizon

      var commits = eachCommitLost(scene, harm, n -> new NotCharged(key(n)));

      for (int n = 1; n <= commits; n++) {
        assertThat(scene.states(n)).as(scene.story(n)).containsExactly("CANCELLED");
        assertThat(decisions(scene, "NOT_CHARGED", key(n).value())).isEqualTo(1);
      }
      scene.sandbox.faults().clear();
      scene.chargeUntilDone();
      assertThat(scene.states(1)).containsExactly("CANCELLED", "SETTLED");
      scene.judgeCharges();
    }
  }

  @ParameterizedTest
  @MethodSource("lost")
  void chargedAgainIsChargedOnceMore(Harm harm) throws Exception {
    try (var scene = new Scene(CALM)) {
      scene.invoices(1, MOST_COMMITS, scene.good()).enroll().charge();
      scene.schema.owner("UPDATE invoices SET amount_due = 79;");
      for (int n = 1; n <= MOST_COMMITS; n++) {
        scene.sandbox.ledger().reverse(transaction(scene, n));
      }

      var commits = eachCommitLost(scene, harm, n -> new ChargeAgain("" + n, false));

      scene.chargeUntilDone();
      for (int n = 1; n <= commits; n++) {
        assertThat(scene.states(n)).as(scene.story(n)).containsExactly("SETTLED", "SETTLED");
        assertThat(decisions(scene, "CHARGE_AGAIN", "" + n)).isEqualTo(1);
      }
      assertThat(scene.sandbox.ledger().standing()).hasSize(commits);
      scene.judgeCharges();
    }
  }

  @ParameterizedTest
  @MethodSource("lost")
  void heldDeclinesAreToldOnce(Harm harm) throws Exception {
    try (var scene = new Scene(CALM)) {
      scene.maxDeclines = 50;
      scene.enroll();
      var invoices = new int[] {1000};
      var runs = new ArrayList<Long>();

      var commits =
          eachCommitLost(
              scene,
              harm,
              OF_THE_DECISION,
              n -> {
                scene.invoices(invoices[0], 20, scene.poor());
                invoices[0] += 20;
                var run = scene.charge();
                assertThat(run.exitCode()).as("%s", run.trouble()).isEqualTo(6);
                runs.add(run.run());
                return new Declines(run.run(), true);
              });

      var told = told(scene);
      assertThat(told).doesNotHaveDuplicates().hasSize(20 * commits);
      for (var run : runs) {
        assertThat(decisions(scene, "TELL", "" + run)).isEqualTo(1);
      }
    }
  }

  /** All of them charged, with the reply lost, and with a person. */
  private static Scene inReview() {
    var scene = new Scene(CALM);
    scene.timings = ResolveTest.UNASKED;
    scene.recoveryWait = Duration.ZERO;
    scene.enroll();
    scene.sandbox.faults().always(Match.CHARGE, Fault.of(Kind.RESET_AFTER));
    // A few a run: a gateway that loses all replies ends the sending.
    for (int from = 1; from <= MOST_COMMITS; from += 3) {
      scene.invoices(from, 3, scene.good()).charge();
      scene.schema.owner(
          "UPDATE charge_attempts SET state = 'REVIEW', evidence = 'gateway: as in a test'"
              + " WHERE state = 'SENT';");
    }
    scene.sandbox.faults().clear();
    assertThat(scene.states(MOST_COMMITS)).containsExactly("REVIEW");
    return scene;
  }

  /**
   * The command for 1, 2, ... with its first, second, ... COMMIT harmed, and repeated in peace.
   *
   * @return how many commands there were: the last had no COMMIT left, or the most are done
   */
  static int eachCommitLost(Scene scene, Harm harm, IntFunction<Form> forms) throws Exception {
    return eachCommitLost(scene, harm, MOST_COMMITS, forms);
  }

  static int eachCommitLost(Scene scene, Harm harm, int most, IntFunction<Form> forms)
      throws Exception {
    for (int n = 1; n <= most; n++) {
      var form = forms.apply(n);
      var harmed = false;
      var said = false;
      try (var proxy = new DatabaseProxy(scene.schema.port()).harm(harm, n)) {
        scene.login = scene.schema.settingsThrough(proxy.port());
        scene.impatient = true;
        said = inTrouble(scene, form);
        harmed = proxy.harmed();
      }
      scene.login = null;
      scene.impatient = false;
      var again = ResolveTest.resolve(scene, form);
      assertThat(again.done() && said).as("said to be done with commit %d lost", n).isFalse();
      if (!harmed) {
        assertThat(n).as("commits").isGreaterThan(3);
        return n;
      }
    }
    assertThat(most).as("a command with more commits than that").isEqualTo(OF_THE_DECISION);
    return most;
  }

  /** It does it, or says that it could not; true: it says that it is done. */
  private static boolean inTrouble(Scene scene, Form form) {
    try {
      ResolveTest.resolve(scene, form);
      return true;
    } catch (DatabaseTrouble | RunRefused told) {
      assertThat(told.getMessage()).isNotBlank();
      return false;
    }
  }

  /** The Message-IDs of all that has been told once the outbox is empty. */
  private static List<String> told(Scene scene) {
    try (var database = scene.database()) {
      new Notify(new Outbox(database), scene.postman(), () -> false).sendAll();
    }
    return scene.mail.received().stream().map(ReceivedMail::messageId).toList();
  }

  private static ChargeKey key(int invoice) {
    return new ChargeKey("SHOP-" + invoice + "-1");
  }

  private static String transaction(Scene scene, int invoice) {
    return scene.sandbox.ledger().underKey(key(invoice).value()).getFirst().transactionId();
  }

  static int decisions(Scene scene, String decision, String about) {
    return scene.count(
        "billing_decisions WHERE decision = '%s' AND about = '%s'".formatted(decision, about));
  }
}
