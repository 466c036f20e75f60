package billing.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.model.Account;
import billing.model.AdoptionVerdict;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Decision;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Echo;
import billing.model.Forgotten;
import billing.model.GatewayReply;
import billing.model.Invoice;
import billing.model.Lead;
import billing.model.Listed;
import billing.model.Money;
import billing.model.Order;
import billing.model.Remembered;
import billing.model.Sends.Mark;
import billing.model.Told;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The listing's side of the store, and what an adoption writes. */
@Timeout(60)
class ComparisonsTest {

  private static final Instant AT = Instant.parse("2026-11-23T02:00:00.123456Z");

  private Shop shop;
  private Comparisons comparisons;

  @BeforeEach
  void open() {
    shop = new Shop();
    comparisons = new Comparisons(shop.database, shop.app, Shop.ACCOUNT, Shop.INSTALLATION.id());
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void aPageIsKnownByTransactionByKeyAndByInvoice() {
    var sent = shop.sent(3);
    shop.book(Shop.settle(sent.getFirst(), "pi_1"));

    var known = comparisons.known(Set.of("pi_1", "pi_x"), Set.of("SHOP-2-1"), Set.of("3", "1"));

    assertThat(known)
        .extracting(one -> one.key().value())
        .containsExactlyInAnyOrder("SHOP-1-1", "SHOP-2-1", "SHOP-3-1");
    assertThat(comparisons.known(Set.of(), Set.of(), Set.of())).isEmpty();
    var first = comparisons.known(Set.of("pi_1"), Set.of(), Set.of()).getFirst();
    assertThat(first.taken()).isEqualTo(sent.getFirst().order().amount());
    assertThat(first.settledAt()).isNotNull();
    assertThat(first.isLive()).isTrue();
  }

  @Test
  void whatWasBookedIsReadInPages() {
    var sent = shop.sent(5);
    sent.forEach(one -> shop.book(Shop.settle(one, "pi_" + one.key())));
    var end = shop.database.now().plusSeconds(1);

    var seen = new ArrayList<String>();
    var after = Instant.EPOCH;
    var afterId = 0L;
    while (true) {
      var page = comparisons.settled(after, afterId, end, 2);
      page.forEach(one -> seen.add(one.key().value()));
      if (page.size() < 2) {
        break;
      }
      after = Objects.requireNonNull(page.getLast().settledAt());
      afterId = page.getLast().id();
    }

    assertThat(seen).hasSize(5).doesNotHaveDuplicates();
    assertThat(comparisons.settled(end, 0, end, 10)).isEmpty();
  }

  @Test
  void theWatermarkIsTheNewestCompleteListingOfTheAccount() {
    assertThat(comparisons.watermark()).isEmpty();

    comparisons.listed(shop.fence.epoch(), Instant.EPOCH, AT, 12);
    comparisons.listed(shop.fence.epoch(), Instant.EPOCH, AT.plusSeconds(5), 12);

    assertThat(comparisons.watermark()).contains(AT);
    var other = new Account("stripe", "acct_2", false);
    assertThat(new Comparisons(shop.database, shop.app, other, Shop.INSTALLATION.id()).watermark())
        .isEmpty();
    // Where the gateway tells no account's id, another one is another installation.
    shop.test.owner(
        "INSERT INTO billing_installation (run_no, installation, prefix, gateway, live_mode, host,"
            + " because) VALUES (900, 'later', 'SHOP', 'stripe', 0, 'app1', 'a test');");
    assertThat(new Comparisons(shop.database, shop.app, Shop.ACCOUNT, "later").watermark())
        .isEmpty();
  }

  /** Of a run whose clock was ahead, also once that moment has come. */
  @Test
  void aListingOfTheFutureIsNoWatermarkAndTheNewestOneIsOfTheNewestRun() {
    var run = shop.fence.epoch();
    var now = shop.database.now();
    comparisons.listed(run, Instant.EPOCH, AT, 12);
    comparisons.listed(run + 1, Instant.EPOCH, now.plusSeconds(3600), 12);

    assertThat(comparisons.watermark()).contains(AT);

    comparisons.listed(run + 2, AT, now.minusSeconds(60), 12);
    shop.test.owner(
        "UPDATE billing_listings SET listed_until = listed_until - INTERVAL 3601 SECOND"
            + " WHERE run_no = %s;".formatted(run + 1));
    assertThat(comparisons.watermark()).contains(now.minusSeconds(60));
  }

  @Test
  void anAccountBeganWithItsOwnEnrolment() {
    shop.test.owner(
        "INSERT INTO billing_installation (run_no, installation, prefix, gateway, account_id,"
            + " live_mode, host, because) VALUES (900, '%1$s', 'SHOP', 'stripe', 'acct_1', 0,"
                .formatted(Shop.INSTALLATION.id())
            + " 'app1', 'a test');");
    var other = new Account("stripe", "acct_2", false);
    var none = new Account("nmi", null, false);

    assertThat(enrolled(Shop.ACCOUNT)).isPresent();
    assertThat(enrolled(other)).isEmpty();
    shop.test.owner(
        "INSERT INTO billing_installation (run_no, installation, prefix, gateway, live_mode, host,"
            + " because) VALUES (901, '%s', 'SHOP', 'nmi', 0, 'app1', 'a test');"
                .formatted(Shop.INSTALLATION.id()));
    assertThat(enrolled(none)).isPresent();
  }

  private Optional<Instant> enrolled(Account account) {
    return new Comparisons(shop.database, shop.app, account, Shop.INSTALLATION.id()).enrolled();
  }

  @Test
  void whatFitsAgainClosesAndWhatWasAcceptedStays() {
    var found =
        List.of(
            difference(DifferenceKind.UNKNOWN_HERE, "pi_1"),
            difference(DifferenceKind.CHARGED_TWICE, "pi_2"),
            difference(DifferenceKind.REVERSED, "SHOP-1-1"),
            difference(DifferenceKind.REVERSED, "SHOP-2-1"));
    assertThat(comparisons.open(found, 1)).hasSize(4);
    assertThat(comparisons.open(found, 2)).isEmpty();
    assertThat(comparisons.noted(Set.of("pi_1", "pi_2", "pi_3")))
        .containsOnly(Map.entry("pi_1", Told.OPEN), Map.entry("pi_2", Told.OPEN));
    shop.test.owner("UPDATE charge_differences SET state = 'ACCEPTED' WHERE subject = 'pi_2';");

    comparisons.fits(Set.of("pi_1", "pi_2"), Set.of("SHOP-1-1"), 3);

    assertThat(shop.test.column("SELECT CONCAT(subject, ' ', state) FROM charge_differences"))
        .containsExactlyInAnyOrder("pi_1 GONE", "pi_2 ACCEPTED", "SHOP-1-1 GONE", "SHOP-2-1 OPEN");
    assertThat(comparisons.noted(Set.of("pi_1", "pi_2")))
        .containsOnly(Map.entry("pi_2", Told.ACCEPTED));
    var open = comparisons.open(Set.of(DifferenceKind.REVERSED), 0, 10);
    assertThat(open).hasSize(1);
    assertThat(comparisons.open(Set.of(DifferenceKind.REVERSED), open.getFirst().id(), 10))
        .isEmpty();
    comparisons.gone(List.of(open.getFirst().id()), 4);
    assertThat(comparisons.open(Set.of(DifferenceKind.REVERSED), 0, 10)).isEmpty();
  }

  @Test
  void aForgottenChargeComesBackAsSentAndIsBookedByTheOneWay() {
    shop.withInvoices(1, "79.00");

    assertThat(adopt(forgotten(null, null))).isEqualTo(new Adopted.Sent(key("SHOP-1-1")));

    assertThat(shop.attempt(key("SHOP-1-1")))
        .containsEntry("state", "SENT")
        .containsEntry("adopted", "1")
        .containsEntry("send_no", "1")
        .containsEntry("sends", "?")
        .containsEntry("first_sent_at", "2026-11-23 02:00:00.123456")
        .containsEntry("last_sent_at", "2026-11-23 02:00:00.123456")
        .containsEntry("gateway_transaction_id", "pi_9")
        .containsEntry("as_of", "2026-11-23")
        .containsEntry("amount", "79.0000");
    assertThat(shop.test.column("SELECT CONCAT_WS(' ', from_state, to_state) FROM charge_events"))
        .containsExactly("SENT");
    assertThat(adopt(forgotten(null, null))).isInstanceOf(Adopted.Moved.class);

    var attempt = new AttemptReader(shop.database).byKey(key("SHOP-1-1")).orElseThrow();
    assertThat(shop.book(Shop.settle(attempt, "pi_9")).booked()).hasSize(1);
    assertThat(shop.test.one("SELECT amount_due FROM invoices")).isEqualTo("0.0000");
    assertThat(shop.test.column("SELECT id FROM outbox_emails")).isEmpty();
  }

  @Test
  void whatTheBooksHaveAlreadyIsSettledAndNotBookedOnceMore() {
    shop.withInvoices(1, "79.00");
    shop.test.owner(
        "INSERT INTO payments (invoice_id, amount, currency, gateway_transaction_id, paid_at)"
            + " VALUES (1, 79, 'USD', 'pi_9', '2026-11-23');"
            + "\nUPDATE invoices SET amount_due = 0;");

    adopt(forgotten(null, null));
    var attempt = new AttemptReader(shop.database).byKey(key("SHOP-1-1")).orElseThrow();
    assertThat(shop.book(Shop.settle(attempt, "pi_9")).booked()).hasSize(1);

    assertThat(shop.attempt(key("SHOP-1-1")))
        .containsEntry("state", "SETTLED")
        .containsEntry("evidence", "the gateway said APPROVED; in the app's books already");
    assertThat(shop.test.one("SELECT COUNT(*) FROM payments")).isEqualTo("1");
    assertThat(shop.test.one("SELECT amount_due FROM invoices")).isEqualTo("0.0000");
    assertThat(shop.test.column("SELECT id FROM transactions")).isEmpty();
  }

  @Test
  void theCustomerHearsOfAnAdoptedChargeOnlyWhereThatIsAskedFor() {
    shop.withInvoices(2, "79.00");
    var writer = new FencedWriter(shop.database, shop.app, shop.fence, true);
    writer.adopt(forgotten(null, null), Shop.TODAY, ComparisonsTest::yes, false);
    var attempt = new AttemptReader(shop.database).byKey(key("SHOP-1-1")).orElseThrow();
    new Bookings(shop.database, shop.app, shop.fence.epoch(), true)
        .book(List.of(Shop.settle(attempt, "pi_9")));
    assertThat(shop.test.column("SELECT CONCAT(kind, ' ', state) FROM outbox_emails"))
        .containsExactly("ACCEPTED READY");
  }

  @Test
  void aForgottenDeclineEndsByTheOneWriterOfNoes() {
    shop.withInvoices(1, "79.00");
    adopt(forgotten(null, null));
    var attempt = new AttemptReader(shop.database).byKey(key("SHOP-1-1")).orElseThrow();

    shop.record(Shop.decline(attempt, Shop.TODAY.plusDays(3)));

    assertThat(shop.state(key("SHOP-1-1"))).isEqualTo("DECLINED");
    assertThat(shop.test.column("SELECT id FROM outbox_emails")).isEmpty();
  }

  @Test
  void anAttemptThatWasTakenForUnsentIsAdoptedInPlace() {
    shop.withInvoices(1, "80.00").enqueue();
    var pending = comparisons.known(Set.of(), Set.of("SHOP-1-1"), Set.of()).getFirst();

    assertThat(adopt(forgotten(pending, null))).isEqualTo(new Adopted.Sent(key("SHOP-1-1")));

    assertThat(shop.attempt(key("SHOP-1-1")))
        .containsEntry("state", "SENT")
        .containsEntry("adopted", "1")
        .containsEntry("send_no", "1")
        .containsEntry("amount_minor", "7900")
        .containsEntry("gateway_transaction_id", "pi_9");
    assertThat(adopt(forgotten(pending, null))).isInstanceOf(Adopted.Moved.class);
  }

  @Test
  void aPendingSiblingGivesWay() {
    shop.withInvoices(1, "79.00").enqueue();
    shop.test.owner("UPDATE charge_attempts SET state = 'CANCELLED', ended_at = NOW(6);");
    shop.enqueue();
    var sibling = comparisons.known(Set.of(), Set.of("SHOP-1-2"), Set.of()).getFirst();

    adoptAs("SHOP-1-3", 3, forgotten(null, sibling));

    assertThat(shop.state(key("SHOP-1-2"))).isEqualTo("CANCELLED");
    assertThat(shop.state(key("SHOP-1-3"))).isEqualTo("SENT");
    // It was read once; now that it has ended, nothing follows from it.
    assertThat(adoptAs("SHOP-1-4", 4, forgotten(null, sibling))).isInstanceOf(Adopted.Moved.class);
  }

  @Test
  void onlyAClaimMayAdoptAPendingAttempt() {
    var sent = shop.sent(1).getFirst();
    shop.record(Shop.outcome(sent, Mark.REFUSED, new Decision.Repeat("throttled", null)));
    for (var set :
        List.of(
            "adopted = 1",
            "adopted = 1, state = 'SENT', send_no = 2, sends = 'r?', last_sent_at = NOW(6)")) {
      assertThatThrownBy(() -> shop.test.owner("UPDATE charge_attempts SET " + set + ";"))
          .as(set)
          .hasMessageContaining("the identity of an attempt never changes");
    }
  }

  @Test
  void aRunThatWasFencedOffAdoptsNothing() {
    shop.withInvoices(1, "79.00");
    var writer = shop.writer;
    shop.nextRun();
    assertThat(writer.adopt(forgotten(null, null), Shop.TODAY, ComparisonsTest::yes, false))
        .isInstanceOf(Adopted.Fenced.class);
    assertThat(shop.test.one("SELECT COUNT(*) FROM charge_attempts")).isEqualTo("0");
  }

  @Test
  void whatCannotBeAdoptedBecomesADifference() {
    var difference = difference(DifferenceKind.UNKNOWN_HERE, "pi_9");
    var adopted =
        shop.writer.adopt(
            forgotten(null, null),
            Shop.TODAY,
            (forgotten, due) -> new AdoptionVerdict.Differs(difference),
            false);
    assertThat(adopted).isEqualTo(new Adopted.Differs(List.of(difference)));
    assertThat(shop.test.one("SELECT kind FROM charge_differences")).isEqualTo("UNKNOWN_HERE");
  }

  private Adopted adopt(Forgotten forgotten) {
    return shop.writer.adopt(forgotten, Shop.TODAY, ComparisonsTest::yes, false);
  }

  private Adopted adoptAs(String key, int attemptNo, Forgotten forgotten) {
    var lead = new Lead(key(key), "1", attemptNo);
    var listed = forgotten.listed();
    var named =
        new Forgotten(
            new Listed("pi_" + key, listed.reply(), listed.echo(), AT),
            lead,
            forgotten.neverSent(),
            forgotten.before(),
            forgotten.rival(),
            true);
    return adopt(named);
  }

  private static Forgotten forgotten(@Nullable Remembered neverSent, @Nullable Remembered rival) {
    var amount = new Money(7900, Currency.of("USD").orElseThrow());
    var echo = new Echo("SHOP-1-1", amount, "cus_1", null, null, null, "1", null);
    var approved = new GatewayReply.Approved("pi_9", echo, AT);
    return new Forgotten(
        new Listed("pi_9", approved, echo, AT),
        new Lead(key("SHOP-1-1"), "1", 1),
        neverSent,
        null,
        rival,
        true);
  }

  private static AdoptionVerdict yes(Forgotten forgotten, @Nullable Invoice due) {
    var lead = Objects.requireNonNull(forgotten.lead());
    var amount = Objects.requireNonNull(forgotten.listed().echo().amount());
    var order =
        new Order(
            lead.key(),
            lead.invoiceId(),
            lead.attemptNo(),
            Shop.INSTALLATION.id(),
            amount,
            "cus_1",
            "pm_1",
            null,
            Shop.ACCOUNT,
            1);
    return new AdoptionVerdict.Adopt(order, Shop.TODAY.minusDays(1), 0, null);
  }

  private static Difference difference(DifferenceKind kind, String subject) {
    return new Difference(kind, subject, "1", "because");
  }

  private static ChargeKey key(String value) {
    return new ChargeKey(value);
  }
}
