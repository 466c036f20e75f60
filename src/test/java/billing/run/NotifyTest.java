package billing.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.sandbox.MailFaults;
import billing.sandbox.ReceivedMail;
import billing.store.Outbox;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Each outcome is told once, whatever the mail server does. */
class NotifyTest {

  @Test
  void aMailServerThatIsDownGetsEverythingBackAtOnceWhenItIsThereAgain() {
    try (var scene = new Scene("latency=5ms")) {
      scene.mail.misbehave(MailFaults.NONE.refusingConnections());
      scene.invoices(1001, 3, scene.good()).enroll();
      assertThat(scene.charge().exitCode()).isEqualTo(9);
      assertThat(scene.count("outbox_emails WHERE leased_by IS NOT NULL")).isZero();

      scene.mail.misbehave(MailFaults.NONE);
      var result = notify(scene);

      assertThat(result.sent()).isEqualTo(3);
      assertThat(scene.mail.received()).hasSize(3);
      scene.judge();
    }
  }

  @Test
  void aRecipientThatIsDeferredWaitsLongerEachTimeAndTheOthersAreTold() {
    try (var scene = new Scene("latency=5ms")) {
      scene.mail.misbehave(MailFaults.NONE.deferring(to -> to.startsWith("c1002")));
      scene.invoices(1001, 3, scene.good()).enroll();
      var report = scene.charge();

      assertThat(report.exitCode()).isZero();
      assertThat(scene.mail.received()).hasSize(2);
      assertThat(minutesToWait(scene)).isBetween(9, 10);

      scene.schema.owner("UPDATE outbox_emails SET not_before = NULL WHERE state = 'READY';");
      assertThat(notify(scene).later()).isEqualTo(1);
      assertThat(minutesToWait(scene)).isBetween(19, 20);

      scene.mail.misbehave(MailFaults.NONE);
      assertThat(notify(scene).sent()).isZero();
      scene.schema.owner("UPDATE outbox_emails SET not_before = NULL WHERE state = 'READY';");
      assertThat(notify(scene).sent()).isEqualTo(1);
      scene.judge();
    }
  }

  @Test
  void whereNotOneMailGetsOutTheRunSaysSoAndItsRowToo() {
    try (var scene = new Scene("latency=5ms")) {
      scene.mail.misbehave(MailFaults.NONE.deferring(to -> true));
      scene.invoices(1001, 6, scene.good()).enroll();

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(9);
      assertThat(Objects.requireNonNull(report.mail()).waiting()).isEqualTo(6);
      assertThat(scene.schema.column("SELECT exit_code FROM billing_runs WHERE command = 'charge'"))
          .containsExactly("9");
    }
  }

  @Test
  void aPolicyAgainstUsEndsTheRoundAndCountsAsATryOfThoseOnlyThatWereTried() {
    try (var scene = new Scene("latency=5ms")) {
      scene.mail.misbehave(MailFaults.NONE.refusingAll("554 5.7.1 relay access denied"));
      scene.invoices(1001, 6, scene.good()).enroll();

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(9);
      assertThat(Objects.requireNonNull(report.mail()).down())
          .contains("3 letters in a row", "relay access denied");
      assertThat(scene.schema.column("SELECT tries FROM outbox_emails ORDER BY tries"))
          .containsExactly("0", "0", "0", "0", "1", "1");
      assertThat(scene.count("outbox_emails WHERE leased_by IS NOT NULL")).isZero();
    }
  }

  @Test
  void toldToStopItEndsBetweenTwoMailsAndGivesTheRestBack() {
    try (var scene = new Scene("latency=5ms")) {
      scene.mail.misbehave(MailFaults.NONE.refusingConnections());
      scene.invoices(1001, 5, scene.good()).enroll();
      scene.charge();
      scene.mail.misbehave(MailFaults.NONE);
      try (var database = scene.database()) {
        var result =
            new Notify(
                    new Outbox(database), scene.postman(), () -> scene.mail.received().size() >= 2)
                .sendAll();

        assertThat(result.stopped()).isTrue();
        assertThat(result.sent()).isEqualTo(2);
      }
      assertThat(scene.count("outbox_emails WHERE leased_by IS NOT NULL")).isZero();
      assertThat(notify(scene).sent()).isEqualTo(3);
      scene.judge();
    }
  }

  @Test
  void anAddressThatIsRefusedForGoodIsNoFailureAndNotTriedAgain() {
    try (var scene = new Scene("latency=5ms")) {
      scene.mail.misbehave(MailFaults.NONE.rejecting(to -> to.startsWith("c1002")));
      scene.invoices(1001, 3, scene.good()).enroll();

      assertThat(scene.charge().exitCode()).isZero();

      assertThat(scene.count("outbox_emails WHERE state = 'UNDELIVERABLE'")).isEqualTo(1);
      scene.mail.misbehave(MailFaults.NONE);
      assertThat(notify(scene).sent()).isZero();
      scene.judge();
    }
  }

  @Test
  void aSenderThatDiesBetweenMailAndMarkIsFollowedUnderTheSameMessageId() throws Exception {
    try (var scene = new Scene("latency=5ms")) {
      scene.mail.misbehave(MailFaults.NONE.refusingConnections());
      scene.invoices(1001, 2, scene.good()).enroll();
      scene.charge();
      scene.mail.misbehave(MailFaults.NONE.slow(Duration.ofMillis(300)));

      dieAfterTheFirstMail(scene);

      assertThat(scene.mail.received()).hasSize(1);
      scene.mail.misbehave(MailFaults.NONE);
      assertThat(notify(scene).sent()).as("while the lease lasts").isZero();
      scene.schema.owner("UPDATE outbox_emails SET leased_until = UTC_TIMESTAMP(6);");
      assertThat(notify(scene).sent()).isEqualTo(2);
      assertThat(ids(scene)).hasSize(3).first().isEqualTo(ids(scene).get(1));
      assertThat(ids(scene).stream().distinct()).hasSize(2);
      assertThat(notify(scene).sent()).isZero();
    }
  }

  @Test
  void anAnswerThatWasLostIsRepeatedUnderTheSameMessageId() {
    try (var scene = new Scene("latency=5ms")) {
      scene.mail.misbehave(MailFaults.NONE.losingTheAnswerTo(to -> to.startsWith("c1002")));
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.charge();

      scene.mail.misbehave(MailFaults.NONE);
      scene.schema.owner("UPDATE outbox_emails SET not_before = NULL WHERE state = 'READY';");
      notify(scene);

      assertThat(ids(scene).stream().distinct()).hasSize(3);
      assertThat(ids(scene)).contains("<SHOP-1002-1.accepted@shop.example>");
      assertThat(scene.count("outbox_emails WHERE state = 'SENT'")).isEqualTo(3);
    }
  }

  private static void dieAfterTheFirstMail(Scene scene) throws Exception {
    var database = scene.database();
    var dying =
        CompletableFuture.supplyAsync(
            () -> new Notify(new Outbox(database), scene.postman(), () -> false).sendAll());
    var giveUp = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (scene.mail.received().isEmpty() && System.nanoTime() < giveUp) {
      Thread.sleep(5);
    }
    database.close();
    assertThatThrownBy(() -> dying.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
  }

  private static Notify.Result notify(Scene scene) {
    try (var database = scene.database()) {
      return new Notify(new Outbox(database), scene.postman(), () -> false).sendAll();
    }
  }

  private static int minutesToWait(Scene scene) {
    return Integer.parseInt(
        scene.schema.one(
            "SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(6), not_before) FROM outbox_emails"
                + " WHERE state = 'READY'"));
  }

  private static List<String> ids(Scene scene) {
    return scene.mail.received().stream().map(ReceivedMail::messageId).toList();
  }
}
