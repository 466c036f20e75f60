package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Attempt;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.store.ClaimResult.Claimed;
import billing.store.DatabaseProxy.Harm;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The answer to a COMMIT is lost, in each of the ways in which it can be: nothing is assumed, every
 * result is definite, and it is what the database has, also when the lost COMMIT arrives at last.
 */
@Timeout(120)
class LostCommitTest {

  private TestDatabase test;
  private DatabaseProxy proxy;
  private Shop shop;

  @BeforeEach
  void open() throws Exception {
    test = TestDatabase.fresh();
    proxy = new DatabaseProxy(test.port());
    shop = new Shop(test, test.settingsThrough(proxy.port()), null);
  }

  @AfterEach
  void close() throws Exception {
    shop.close();
    proxy.close();
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void aClaimIsMadeOnceAndToldTruly(Harm harm) throws Exception {
    shop.withInvoices(3, "79.00").enqueue();
    proxy.harm(harm, 1);

    var sent = shop.claim(10).sent();

    thawed();
    assertThat(proxy.harmed()).isTrue();
    assertThat(sent).hasSize(3);
    assertThat(sent).allSatisfy(this::isAsInTheDatabase);
    assertThat(test.column("SELECT CONCAT(state, send_no, sends) FROM charge_attempts"))
        .containsOnly("SENT1?");
    assertThat(test.one("SELECT seq FROM billing_fence"))
        .isEqualTo(Long.toString(shop.writer.fence().seq()));
    assertThat(shop.withInvoices(1, "5.00").enqueue().added()).isEqualTo(1);
    assertThat(shop.claim(10).sent()).as("and it goes on").hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void aNoIsWrittenOnceAndToldTruly(Harm harm) throws Exception {
    var sent = shop.sent(2);
    proxy.harm(harm, 1);

    var written = shop.record(Shop.decline(sent.get(0), null));

    thawed();
    assertThat(proxy.harmed()).isTrue();
    assertThat(written.written()).containsExactly(sent.get(0).key());
    assertThat(shop.state(sent.get(0).key())).isEqualTo("DECLINED");
    assertThat(test.one("SELECT COUNT(*) FROM outbox_emails")).isEqualTo("1");
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void aBookingIsMadeOnceAndToldTruly(Harm harm) throws Exception {
    var sent = shop.sent(2);
    proxy.harm(harm, 1);

    var booked = shop.book(Shop.settle(sent.get(0), "pi_1"), Shop.settle(sent.get(1), "pi_2"));

    thawed();
    assertThat(proxy.harmed()).isTrue();
    assertThat(booked.booked()).hasSize(2);
    assertThat(test.column("SELECT state FROM charge_attempts")).containsOnly("SETTLED");
    assertThat(test.one("SELECT COUNT(*) FROM payments")).isEqualTo("2");
    assertThat(test.column("SELECT amount_due FROM invoices")).containsOnly("0.0000");
    assertThat(test.one("SELECT COUNT(*) FROM outbox_emails")).isEqualTo("2");
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void aQueueIsFilledOnce(Harm harm) throws Exception {
    shop.withInvoices(3, "79.00");
    proxy.harm(harm, 1);

    shop.enqueue();

    thawed();
    assertThat(proxy.harmed()).isTrue();
    assertThat(test.column("SELECT state FROM charge_attempts")).hasSize(3).containsOnly("PENDING");
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void aDifferenceIsOpenedAndClosesByItselfOnce(Harm harm) throws Exception {
    var comparisons =
        new Comparisons(shop.database, shop.app, Shop.ACCOUNT, Shop.INSTALLATION.id());
    var run = shop.fence.epoch();
    proxy.harm(harm, 1);
    comparisons.open(
        List.of(new Difference(DifferenceKind.UNBOOKED, "SHOP-1-1", "1", "not in the books")), run);
    thawed();
    assertThat(proxy.harmed()).isTrue();
    var open = Differences.open(shop.database, 10).stream().map(DifferenceRow::id).toList();
    assertThat(open).hasSize(1);
    proxy.harm(harm, 1);

    comparisons.gone(open, run);

    thawed();
    assertThat(proxy.harmed()).isTrue();
    assertThat(test.column("SELECT state FROM charge_differences")).containsExactly("GONE");
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void aRunBeginsOnce(Harm harm) throws Exception {
    proxy.harm(harm, 1);

    shop.nextRun();

    thawed();
    assertThat(proxy.harmed()).isTrue();
    assertThat(shop.fence.epoch()).isEqualTo(2);
    assertThat(new Runs(shop.database).fence()).isEqualTo(shop.fence);
    assertThat(test.one("SELECT COUNT(*) FROM billing_runs")).isEqualTo("2");
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void aRunThatIsFencedOffMeanwhileClaimsNothing(Harm harm) throws Exception {
    shop.withInvoices(1, "79.00").enqueue();
    proxy.harm(harm, 1).meanwhile(() -> raiseElsewhere(harm));

    var result = shop.writer.claim(new ClaimRequest(10, Shop.TODAY, null, Map.of(), Shop::yes));

    thawed();
    // A frozen claim still holds the fence's row, so whoever would take over has to wait for it.
    assertThat(result).isInstanceOf(harm == Harm.FROZEN ? Claimed.class : ClaimResult.Fenced.class);
  }

  private void raiseElsewhere(Harm harm) {
    if (harm == Harm.FROZEN) {
      return;
    }
    try (var other = Database.open(test.settings(), 1)) {
      new Runs(other).begin(new Runs.Starter(Command.CHARGE, "app2", 1, "test", null));
    }
  }

  private void isAsInTheDatabase(Attempt attempt) {
    assertThat(new AttemptReader(shop.database).byKey(attempt.key())).contains(attempt);
  }

  /** Whatever waited on the way arrives now, if it still can. */
  private void thawed() throws InterruptedException {
    proxy.thaw();
    Thread.sleep(300);
  }
}
