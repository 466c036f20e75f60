package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.AttemptState;
import billing.model.ClaimVerdict;
import billing.model.Currency;
import billing.model.Decision;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Looked;
import billing.model.Sends.Mark;
import billing.store.ClaimResult.Claimed;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClaimTest {

  private Shop shop;

  @BeforeEach
  void open() {
    shop = new Shop();
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void whatIsDueIsQueuedAndClaimedWithItsInvoiceAsItIsAtTheClaim() {
    shop.withInvoices(3, "79.00").enqueue();
    shop.test.owner(
        "UPDATE invoices SET amount_due = 80.50, description = 'Größe 😀' WHERE id = 2;");

    var claimed = shop.claim(10);

    assertThat(claimed.sent()).hasSize(3);
    assertThat(claimed.nothingLeft()).isTrue();
    var second = claimed.sent().get(1);
    assertThat(second.key().value()).isEqualTo("SHOP-2-1");
    assertThat(second.sendNo()).isEqualTo(1);
    assertThat(second.sends().letters()).isEqualTo("?");
    assertThat(second.runNo()).isEqualTo(shop.fence.epoch());
    var row = shop.attempt(second.key());
    assertThat(row)
        .containsEntry("state", "SENT")
        .containsEntry("amount", "80.5000")
        .containsEntry("amount_minor", "8050")
        .containsEntry("description", "Größe 😀")
        .containsEntry("customer_ref", "cus_1")
        .containsEntry("account_id", "acct_1")
        .containsEntry("as_of", "2026-11-24")
        .containsEntry("send_no", "1");
    assertThat(row.get("invoice_row")).contains("ann@example.org", "80.5000");
    assertThat(Times.instant(String.valueOf(row.get("last_sent_at"))))
        .isEqualTo(second.lastSentAt());
    assertThat(new AttemptReader(shop.database).byKey(second.key())).contains(second);
  }

  @Test
  void theLimitLeavesTheRestForTheNextClaim() {
    shop.withInvoices(5, "1").enqueue();

    assertThat(shop.claim(3).nothingLeft()).isFalse();
    assertThat(shop.claim(3).sent()).hasSize(2);
    assertThat(shop.claim(3).sent()).isEmpty();
  }

  @Test
  void whatIsNoLongerDueIsCancelledUnderTheSameLock() {
    shop.withInvoices(2, "79.00").enqueue();
    shop.test.owner("UPDATE invoices SET amount_due = 0 WHERE id = 1;");

    var claimed = shop.claim(10);

    assertThat(claimed.sent()).hasSize(1);
    assertThat(claimed.cancelled()).hasSize(1);
    assertThat(shop.attempt(claimed.cancelled().getFirst().key()))
        .containsEntry("state", "CANCELLED")
        .containsEntry("evidence", "no longer due")
        .doesNotContainEntry("ended_at", "null");
  }

  @Test
  void whatCannotBeChargedAfterAllIsCancelledAndADifference() {
    shop.withInvoices(1, "79.00").enqueue();
    var difference = new Difference(DifferenceKind.NOT_CHARGEABLE, "1", "1", "over the limit");

    var claimed = shop.claim(10, (attempt, invoice) -> new ClaimVerdict.Differs(difference));

    assertThat(claimed.differences()).containsExactly(difference);
    assertThat(claimed.sent()).isEmpty();
    assertThat(Differences.open(shop.database, 10)).hasSize(1);
  }

  @Test
  void aPausedFenceLetsNothingThrough() {
    shop.withInvoices(1, "79.00").enqueue();
    shop.test.owner("UPDATE billing_fence SET paused = 1, paused_because = 'audit';");

    assertThat(shop.tryClaim(10)).isEqualTo(new ClaimResult.Paused("audit"));

    shop.test.owner("UPDATE billing_fence SET paused = 0;");
    assertThat(shop.claim(10).sent()).hasSize(1);
  }

  @Test
  void aRunThatWasFencedOffClaimsNothing() {
    shop.withInvoices(1, "79.00").enqueue();
    var old = shop.writer;
    shop.nextRun();

    var result = old.claim(new ClaimRequest(10, Shop.TODAY, null, Map.of(), Shop::yes));

    assertThat(result).isInstanceOf(ClaimResult.Fenced.class);
    assertThat(shop.claim(10).sent()).hasSize(1);
  }

  @Test
  void aDatabaseThatWentBackFencesOffItsOwnRun() {
    shop.withInvoices(2, "79.00").enqueue();
    shop.claim(1);
    shop.test.owner("UPDATE billing_fence SET seq = 0;");

    assertThat(shop.tryClaim(1))
        .isEqualTo(new ClaimResult.Fenced(shop.writer.fence(), new Runs(shop.database).fence()));
  }

  @Test
  void anotherHolderAtTheSameNumbersFencesOff() {
    shop.withInvoices(1, "79.00").enqueue();
    shop.test.owner("UPDATE billing_fence SET holder = 'somebody';");

    assertThat(shop.tryClaim(1)).isInstanceOf(ClaimResult.Fenced.class);
  }

  @Test
  void aRepeatSendsTheFrozenOrderUnderTheNextNumber() {
    var first = shop.sent(1).getFirst();
    shop.record(Shop.outcome(first, Mark.REFUSED, new Decision.Repeat("throttled", null)));
    shop.test.owner("UPDATE invoices SET description = 'changed since';");

    var again = shop.claim(10).sent().getFirst();

    assertThat(again.order()).isEqualTo(first.order());
    assertThat(again.sendNo()).isEqualTo(2);
    assertThat(again.sends().letters()).isEqualTo("r?");
    assertThat(again.firstSentAt()).isEqualTo(first.firstSentAt());
    assertThat(again.lastSentAt()).isAfter(first.lastSentAt());
    assertThat(new AttemptReader(shop.database).byKey(again.key())).contains(again);
  }

  @Test
  void whatWaitsIsNotClaimedBeforeItsTime() {
    var first = shop.sent(1).getFirst();
    var later = Instant.now().plusSeconds(3600).truncatedTo(java.time.temporal.ChronoUnit.MICROS);
    shop.record(Shop.outcome(first, Mark.REFUSED, new Decision.Repeat("throttled", later)));

    var claimed = shop.claim(10);

    assertThat(claimed.sent()).isEmpty();
    assertThat(claimed.nothingLeft()).isTrue();
    assertThat(claimed.nextNotBefore()).isEqualTo(later);
  }

  @Test
  void aYoungerSiblingWaitsUntilTheOlderOneWasLookedUp() {
    var first = shop.sent(1).getFirst();
    shop.record(
        Shop.outcome(first, Mark.UNANSWERED, new Decision.Cancel("an operator said so", null)));
    shop.enqueue();
    assertThat(shop.claim(10).sent()).isEmpty();

    var reader = new AttemptReader(shop.database);
    assertThat(reader.siblingsInDoubt(shop.fence.epoch(), null, 10))
        .extracting(a -> a.key())
        .containsExactly(first.key());
    reader.lookedUp(List.of(new Looked(first.key(), false, List.of())), shop.fence.epoch());
    assertThat(shop.claim(10).sent()).as("something may still come of it").isEmpty();
    reader.lookedUp(List.of(new Looked(first.key(), true, List.of())), shop.fence.epoch());

    assertThat(reader.siblingsInDoubt(shop.fence.epoch(), null, 10)).isEmpty();
    assertThat(shop.claim(10).sent()).extracting(a -> a.key().value()).containsExactly("SHOP-1-2");
  }

  @Test
  void anOpenDifferenceBlocksItsInvoice() {
    shop.withInvoices(2, "79.00").enqueue();
    shop.test.owner(
        "INSERT INTO charge_differences (kind, subject, invoice_id, detail, run_no, opened_at)"
            + " VALUES ('CHARGED_ELSEWHERE', 'pi_9', '1', 'x', 1, NOW(6));");

    assertThat(shop.claim(10).sent()).extracting(a -> a.order().invoiceId()).containsExactly("2");

    shop.test.owner("UPDATE charge_differences SET state = 'ACCEPTED';");
    assertThat(shop.claim(10).sent()).extracting(a -> a.order().invoiceId()).containsExactly("1");
  }

  @Test
  void onlyTheNamedInvoicesAreClaimedWhereSomeAreNamed() {
    shop.withInvoices(3, "79.00").enqueue();

    var request = new ClaimRequest(10, Shop.TODAY, Set.of("2"), Map.of(), Shop::yes);

    assertThat(((Claimed) shop.writer.claim(request)).sent())
        .extracting(a -> a.order().invoiceId())
        .containsExactly("2");
  }

  @Test
  void theTotalOfADateIsCountedInTheDatabaseAcrossRuns() {
    var usd = Currency.of("USD").orElseThrow();
    shop.withInvoices(5, "10.00").enqueue();
    var request = new ClaimRequest(2, Shop.TODAY, null, Map.of(usd, 3000L), Shop::yes);
    var first = ((Claimed) shop.writer.claim(request)).sent();
    shop.record(Shop.decline(first.getFirst(), null));
    shop.nextRun();

    // One of 10.00 counts still, the decline does not: two more fit.
    var wide = new ClaimRequest(10, Shop.TODAY, null, Map.of(usd, 3000L), Shop::yes);
    var second = (Claimed) shop.writer.claim(wide);

    assertThat(second.sent()).hasSize(2);
    assertThat(second.overTotal()).isEqualTo(usd);
    var declined = second.sent().getFirst();
    shop.record(Shop.decline(declined, null));
    assertThat(((Claimed) shop.writer.claim(wide)).sent()).as("a decline makes room").hasSize(1);
    assertThat(((Claimed) shop.writer.claim(wide)).sent()).isEmpty();
  }

  @Test
  void twoRunnersWithOneFenceEachNeverClaimTheSame() throws Exception {
    shop.withInvoices(40, "1.00").enqueue();
    var old = shop.writer;
    shop.nextRun();
    var request = new ClaimRequest(1, Shop.TODAY, null, Map.of(), Shop::yes);

    var results =
        java.util.stream.Stream.of(old, shop.writer)
            .parallel()
            .map(writer ->
                java.util.stream.IntStream.range(0, 25)
                    .mapToObj(i -> writer.claim(request))
                    .toList())
            .toList();

    assertThat(results.getFirst()).allMatch(ClaimResult.Fenced.class::isInstance);
    assertThat(results.getLast()).allMatch(Claimed.class::isInstance);
    assertThat(
            shop.test.one(
                "SELECT COUNT(*) FROM charge_attempts WHERE state = 'SENT' AND send_no = 1"))
        .isEqualTo("25");
  }

  @Test
  void nothingOfAClaimIsSeenBeforeItIsWhole() {
    var claimed = shop.sent(2);

    assertThat(claimed).allMatch(a -> a.state() == AttemptState.SENT);
    assertThat(shop.test.one("SELECT seq FROM billing_fence")).isEqualTo("1");
    assertThat(shop.writer.fence().seq()).isEqualTo(1);
  }
}
