package billing.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Attempt;
import billing.model.GatewayReply;
import billing.model.GatewayReply.Approved;
import billing.model.GatewayReply.Declined;
import billing.model.GatewayReply.Reversed;
import billing.model.Listed;
import billing.sandbox.Charge;
import billing.sandbox.Fault;
import billing.sandbox.Match;
import billing.sandbox.MovableClock;
import billing.sandbox.Operation;
import billing.sandbox.Sandbox;
import billing.sandbox.SandboxSettings;
import billing.sandbox.Weather;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The listing's contract, held by every adapter against its door of the sandbox. */
@Timeout(60)
class ListingContractTest {

  private static final int MOST_PAGES = 100;

  private final MovableClock clock = new MovableClock();
  private final Sandbox sandbox =
      Sandbox.start(
          SandboxSettings.DEFAULT
              .withClock(clock)
              .withWeather(Weather.parse("lag=0s,duplicate-window=off")));

  @AfterEach
  void close() {
    sandbox.close();
  }

  private Gateway open(Door door) {
    return door.open(sandbox, clock, Duration.ofSeconds(5));
  }

  private Attempt attempt(Door door, String invoice, String card) {
    return door.attempt(invoice, card, "?", clock.instant());
  }

  private GatewayReply charge(Gateway gateway, Door door, String invoice, String card) {
    return gateway.charge(attempt(door, invoice, card), () -> true);
  }

  /** The last word on each transaction. */
  private Map<String, Listed> walk(Gateway gateway, Instant from) {
    return walk(gateway, from, clock.instant().plusSeconds(1), page -> {});
  }

  private Map<String, Listed> walk(
      Gateway gateway, Instant from, Instant until, IntConsumer afterPage) {
    var told = new LinkedHashMap<String, Listed>();
    String cursor = null;
    for (int page = 1; page <= MOST_PAGES; page++) {
      var listing = (Listing.Page) gateway.list(from, until, cursor);
      assertThat(listing.transactions()).hasSizeLessThanOrEqualTo(5000);
      listing.transactions().forEach(listed -> told.put(listed.transactionId(), listed));
      cursor = listing.next();
      if (cursor == null) {
        return told;
      }
      afterPage.accept(page);
    }
    throw new AssertionError("no end after " + MOST_PAGES + " pages");
  }

  private List<String> ledger() {
    return sandbox.ledger().charges().stream().map(Charge::transactionId).toList();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsOursIsListedWithAllThatTheWireTells(Door door) {
    try (var gateway = open(door)) {
      var from = clock.instant();
      var attempt = attempt(door, "1001", door.good);
      var approved = (Approved) gateway.charge(attempt, () -> true);
      var listed = Objects.requireNonNull(walk(gateway, from).get(approved.transactionId()));
      assertThat(listed.reply()).isInstanceOf(Approved.class);
      assertThat(((Approved) listed.reply()).echo()).isEqualTo(listed.echo());
      assertThat(listed.echo().contradictions(attempt.order())).isEmpty();
      assertThat(listed.echo().chargeKey()).isEqualTo("T-1001-1");
      assertThat(listed.echo().amount()).isEqualTo(attempt.order().amount());
      assertThat(listed.echo().paymentRef()).isEqualTo(door.good);
      assertThat(listed.echo().invoiceId()).isEqualTo("1001");
      assertThat(listed.echo().installation()).isEqualTo("inst-1");
      assertThat(listed.at()).isBetween(from.minusSeconds(1), clock.instant());
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyPageOfManyIsWalkedAndEachIsThere(Door door) {
    try (var gateway = open(door)) {
      var from = clock.instant();
      for (int i = 1; i <= 230; i++) {
        charge(gateway, door, "" + i, i % 10 == 0 ? door.poor : door.good);
        clock.advance(Duration.ofSeconds(i % 7 == 0 ? 900 : 0));
      }
      var told = walk(gateway, from);
      assertThat(told.keySet()).containsExactlyInAnyOrderElementsOf(ledger());
      assertThat(told.values()).filteredOn(l -> l.reply() instanceof Declined).hasSize(23);
      assertThat(told.values()).filteredOn(l -> l.reply() instanceof Approved).hasSize(207);
    }
  }

  @ParameterizedTest
  @EnumSource
  void somebodyElsesChargeIsThereWithoutOurKey(Door door) throws Exception {
    try (var gateway = open(door)) {
      var from = clock.instant();
      charge(gateway, door, "1", door.good);
      door.chargeElsewhere(sandbox);
      var theirs =
          walk(gateway, from).values().stream()
              .filter(listed -> listed.echo().installation() == null)
              .toList();
      assertThat(theirs)
          .singleElement()
          .satisfies(listed -> {
            assertThat(listed.reply()).isInstanceOf(Approved.class);
            assertThat(listed.echo().amount()).hasToString("47.11 USD");
            assertThat(listed.echo().paymentRef()).isEqualTo(door.good);
            assertThat(listed.echo().invoiceId()).isNull();
          });
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasGivenBackIsReversedHoweverItIsFiled(Door door) {
    for (var apart : List.of("off", "on")) {
      sandbox.faults().weather(Weather.parse("lag=0s,duplicate-window=off,refunds-apart=" + apart));
      try (var gateway = open(door)) {
        var from = clock.instant();
        charge(gateway, door, "1" + apart, door.good);
        var back = (Approved) charge(gateway, door, "2" + apart, door.good);
        clock.advance(Duration.ofHours(1));
        sandbox.ledger().cutOff();
        clock.advance(Duration.ofHours(1));
        assertThat(sandbox.ledger().reverse(back.transactionId())).isTrue();
        var told = walk(gateway, from);
        assertThat(told).hasSize(2);
        var row = Objects.requireNonNull(told.get(back.transactionId()));
        assertThat(row.reply()).isInstanceOf(Reversed.class);
        assertThat(row.echo().invoiceId()).startsWith("2");
        clock.advance(Duration.ofHours(1));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsGivenBackLaterIsToldThen(Door door) {
    try (var gateway = open(door)) {
      var back = (Approved) charge(gateway, door, "1", door.good);
      charge(gateway, door, "2", door.good);
      clock.advance(Duration.ofHours(1));
      sandbox.ledger().cutOff();
      clock.advance(Duration.ofDays(40));
      var from = clock.instant();
      assertThat(walk(gateway, from)).isEmpty();
      assertThat(sandbox.ledger().reverse(back.transactionId())).isTrue();
      var told = walk(gateway, from);
      assertThat(told.keySet()).containsExactly(back.transactionId());
      assertThat(told.values()).allMatch(listed -> listed.reply() instanceof Reversed);
    }
  }

  @Test
  void aDisputeIsToldWhenItIsRaised() {
    try (var gateway = open(Door.STRIPE)) {
      var taken = (Approved) charge(gateway, Door.STRIPE, "1", Door.STRIPE.good);
      clock.advance(Duration.ofDays(40));
      var from = clock.instant();
      assertThat(sandbox.ledger().dispute(taken.transactionId())).isTrue();
      assertThat(sandbox.ledger().dispute(taken.transactionId())).isFalse();
      var told = walk(gateway, from);
      assertThat(told.keySet()).containsExactly(taken.transactionId());
      assertThat(told.values()).allMatch(listed -> listed.reply() instanceof Reversed);
    }
  }

  /** More than a page of charges of old intents, and of charges without one, among new ones. */
  @Test
  void whatIsPaidLaterIsToldThen() throws Exception {
    try (var gateway = open(Door.STRIPE)) {
      var old = new ArrayList<String>();
      for (int i = 1; i <= 60; i++) {
        old.add(Door.STRIPE.intentElsewhere(sandbox));
      }
      clock.advance(Duration.ofDays(40));
      var from = clock.instant();
      assertThat(walk(gateway, from)).isEmpty();
      var all = new ArrayList<String>();
      for (var intent : old) {
        Door.STRIPE.confirmElsewhere(sandbox, intent);
        all.add(intent);
        all.add(Door.STRIPE.chargeWithoutAnIntent(sandbox));
        charge(gateway, Door.STRIPE, "" + all.size(), Door.STRIPE.good);
        all.add(ledger().getLast());
        clock.advance(Duration.ofSeconds(7));
      }

      var told = walk(gateway, from);

      assertThat(told.keySet()).containsExactlyInAnyOrderElementsOf(all);
      assertThat(told.values()).allMatch(listed -> listed.reply() instanceof Approved);
      assertThat(told.values()).allMatch(listed -> !listed.at().isBefore(from.minusSeconds(1)));
    }
  }

  /** Nine pages of them, of half of which a part was taken. */
  @Test
  void whatIsCapturedLaterIsToldThen() throws Exception {
    try (var gateway = open(Door.STRIPE)) {
      var held = new ArrayList<String>();
      for (int i = 1; i <= 45; i++) {
        held.add(Door.STRIPE.authorizeElsewhere(sandbox));
      }
      clock.advance(Duration.ofDays(6));
      var from = clock.instant();
      assertThat(walk(gateway, from)).isEmpty();
      for (var intent : held) {
        Door.STRIPE.captureElsewhere(sandbox, intent, held.indexOf(intent) % 2 == 0 ? 4711 : 4000);
      }

      var told = walk(gateway, from);

      assertThat(told.keySet()).containsExactlyInAnyOrderElementsOf(held);
      assertThat(told.values()).allMatch(listed -> listed.reply() instanceof Approved);
      assertThat(told.values())
          .allMatch(listed -> !listed.takenAt().isBefore(from.minusSeconds(1)));
      assertThat(told.values())
          .extracting(listed -> String.valueOf(listed.echo().amount()))
          .containsOnly("47.11 USD", "40.00 USD");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotOfThatTimeIsNotThere(Door door) {
    try (var gateway = open(door)) {
      charge(gateway, door, "1", door.good);
      clock.advance(Duration.ofHours(1));
      var from = clock.instant();
      var second = (Approved) charge(gateway, door, "2", door.good);
      clock.advance(Duration.ofHours(1));
      var until = clock.instant();
      clock.advance(Duration.ofSeconds(2)); // a second that has begun belongs to both
      charge(gateway, door, "3", door.good);
      assertThat(walk(gateway, from, until, page -> {}).keySet())
          .containsExactly(second.transactionId());
    }
  }

  /** A cut-off that touches the whole day at once, and refunds meanwhile, in each gap of a walk. */
  @ParameterizedTest
  @EnumSource
  void nothingIsMissedWhileTransactionsChange(Door door) {
    try (var gateway = open(door)) {
      var from = clock.instant();
      for (int i = 1; i <= 330; i++) {
        charge(gateway, door, "" + i, door.good);
        clock.advance(Duration.ofSeconds(i % 50 == 0 ? 600 : 0));
      }
      var all = ledger();
      clock.advance(Duration.ofHours(1));
      var until = clock.instant();
      var told =
          walk(
              gateway,
              from,
              until,
              page -> {
                clock.advance(Duration.ofSeconds(30));
                if (page == 2) {
                  sandbox.ledger().cutOff();
                  clock.advance(Duration.ofSeconds(30));
                } else {
                  // Those at the front: all that follow them move up.
                  all.subList(page * 5, page * 5 + 5).forEach(sandbox.ledger()::reverse);
                }
              });
      assertThat(told.keySet()).containsExactlyInAnyOrderElementsOf(all);
    }
  }

  /** All the rows of one second leave it one after the other while its pages are read. */
  @Test
  void aSecondThatEmptiesWhileItIsReadLosesNoRow() {
    try (var gateway = open(Door.NMI)) {
      var from = clock.instant();
      for (int i = 1; i <= 450; i++) {
        charge(gateway, Door.NMI, "" + i, Door.NMI.good);
      }
      clock.advance(Duration.ofHours(1));
      sandbox.ledger().cutOff();
      clock.advance(Duration.ofHours(1));
      var all = ledger();
      var left = new TreeSet<Integer>();
      var told =
          walk(
              gateway,
              from,
              clock.instant(),
              page -> {
                clock.advance(Duration.ofSeconds(20));
                for (int i = page; i < all.size(); i += 9) {
                  sandbox.ledger().reverse(all.get(i));
                  left.add(i);
                }
              });
      assertThat(left).as("changed during the walk").hasSizeGreaterThan(200);
      assertThat(told.keySet()).containsExactlyInAnyOrderElementsOf(all);
    }
  }

  /** More changes in the last seconds than an answer holds. */
  @ParameterizedTest
  @EnumSource
  void thePresentIsWalkedToo(Door door) {
    try (var gateway = open(door)) {
      var from = clock.instant();
      for (int i = 1; i <= 130; i++) {
        charge(gateway, door, "" + i, door.good);
      }
      sandbox.ledger().cutOff();
      assertThat(walk(gateway, from).keySet()).containsExactlyInAnyOrderElementsOf(ledger());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherAccountsChargesAreNotShown(Door door) {
    try (var gateway = open(door)) {
      var from = clock.instant();
      charge(gateway, door, "1", door.good);
      try (var strangers = door.open(sandbox, clock, Duration.ofSeconds(5), "sk_test_stranger")) {
        assertThat(strangers.list(from, clock.instant(), null)).isInstanceOf(Listing.Refused.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPageThatDidNotComeWholeIsFailedAndComesWhenItIsAskedAgain(Door door) {
    try (var gateway = open(door)) {
      var from = clock.instant();
      charge(gateway, door, "1", door.good);
      for (var kind :
          List.of(
              Fault.Kind.THROTTLED,
              Fault.Kind.HTTP_429,
              Fault.Kind.LOOKUP_FAILS,
              Fault.Kind.UNAVAILABLE,
              Fault.Kind.EMPTY,
              Fault.Kind.GARBAGE,
              Fault.Kind.TRUNCATED,
              Fault.Kind.WRONG_LENGTH,
              Fault.Kind.OVERSIZED,
              Fault.Kind.RESET_AFTER)) {
        sandbox.faults().next(Match.ANY.on(Operation.LOOKUP), Fault.of(kind));
        assertThat(gateway.list(from, clock.instant().plusSeconds(1), null))
            .as(kind.text())
            .isInstanceOf(Listing.Failed.class);
      }
      assertThat(walk(gateway, from)).hasSize(1);
    }
  }
}
