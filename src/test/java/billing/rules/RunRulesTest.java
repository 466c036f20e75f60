package billing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotCharged.Proof;
import billing.model.Money;
import billing.model.Order;
import billing.model.Sends;
import billing.model.Timings;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunRulesTest {

  private static final Instant START = Instant.parse("2026-11-23T02:00:00Z");

  @Test
  void oneInvoiceGoesTheWholeWay() {
    var world = world(plan(1, 1)).due(orders(1, 1)).run();

    assertThat(world.effects)
        .containsExactly(
            "ReadSent",
            "Enqueue",
            "Claim 1",
            "Send SHOP-1-1",
            "Claim 1",
            "Book 1",
            "ReadSiblings",
            "Finish");
    assertThat(world.stateOf(key(1))).isEqualTo(AttemptState.SETTLED);
  }

  @Test
  void manyPagesAreChargedAndTheWindowIsNeverExceeded() {
    var world = world(plan(8, 4));
    for (int page = 0; page < 5; page++) {
      world.due(orders(page * 20 + 1, 20));
    }
    world.run();

    assertThat(world.booked).hasSize(100);
    assertThat(world.mostUnderWay).isLessThanOrEqualTo(12);
    assertThat(world.state.findings()).isEmpty();
  }

  /** The answer to their COMMIT was lost, and what was read again counts none. */
  @Test
  void whatTheLastPageAddedIsClaimedThoughItCountsNone() {
    var world = world(plan(8, 4)).due(orders(1, 1)).due(List.of()).due(orders(2, 1));
    world.countsQueued = () -> world.attempts.size() == 1;
    world.run();

    assertThat(world.booked).hasSize(2);
  }

  @Test
  void attemptsOfADeadRunAreLookedUpBeforeAnythingIsClaimed() {
    var world = world(plan(2, 2)).left(sent(7)).due(orders(1, 1));
    world.onFind = attempt -> List.of(World.approve(attempt));
    world.run();

    assertThat(world.effects).startsWith("ReadSent", "Find SHOP-7-1");
    assertThat(world.stateOf(key(7))).isEqualTo(AttemptState.SETTLED);
    assertThat(world.effects).doesNotContain("Send SHOP-7-1");
  }

  @Test
  void aDoubtIsAskedAboutAndSentAgainOnlyPastTheHorizon() {
    var world = world(plan(1, 1, Duration.ofHours(1), null)).due(orders(1, 1));
    world.onSend =
        attempt ->
            attempt.sendNo() == 1
                ? new GatewayReply.Unknown("no reply", false)
                : World.approve(attempt);
    world.run();

    assertThat(world.stateOf(key(1))).isEqualTo(AttemptState.SETTLED);
    assertThat(world.attempt(key(1)).sendNo()).isEqualTo(2);
    assertThat(Duration.between(START, world.attempt(key(1)).lastSentAt()))
        .isGreaterThanOrEqualTo(horizon().afterLastSend());
  }

  @Test
  void aDoubtIsLeftToTheNextRunWhereTheHorizonIsFar() {
    var world = world(plan(1, 1, Duration.ofMinutes(2), null)).due(orders(1, 1));
    world.onSend = attempt -> new GatewayReply.Unknown("no reply", false);
    world.run();

    assertThat(world.stateOf(key(1))).isEqualTo(AttemptState.SENT);
    assertThat(Duration.between(START, world.now)).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void anOutageLeavesOneWindowInDoubtAndEndsTheRun() {
    var world = world(plan(8, 4)).due(orders(1, 500));
    world.onSend = attempt -> new GatewayReply.Unknown("no reply", false);
    world.onFind = attempt -> List.of(new GatewayReply.Unknown("no reply", false));
    world.run();

    assertThat(world.state.findings()).containsExactly(Finding.GATEWAY_SILENT);
    assertThat(inState(world, AttemptState.SENT)).isLessThanOrEqualTo(12);
    assertThat(inState(world, AttemptState.PENDING)).isGreaterThanOrEqualTo(488);
  }

  /** Found by the model check: each run ended at its first question, and none ever got further. */
  @Test
  void aWindowFullOfQuestionsIsGivenTimeForAnAnswerHoweverShortTheWaitIs() {
    var world = world(plan(1, 1, Duration.ZERO, null)).left(sent(7)).due(orders(1, 1));
    world.onFind = attempt -> List.of(World.approve(attempt));
    world.run();

    assertThat(world.state.findings()).isEmpty();
    assertThat(world.stateOf(key(1))).isEqualTo(AttemptState.SETTLED);
  }

  @Test
  void doubtsThatWereAskedAboutInVainGiveTheirSlotBackUpToTheLimit() {
    var world = world(plan(8, 4)).due(orders(1, 500));
    world.onSend = attempt -> new GatewayReply.Unknown("no reply", false);
    world.run();

    assertThat(world.state.findings()).containsExactly(Finding.TOO_MANY_DOUBTS);
    assertThat(inState(world, AttemptState.SENT)).isBetween(101L, 113L);
  }

  /** Found by the torture: questions under way one after the other, and a run without an end. */
  @Test
  void questionsThatOverlapForEverDoNotKeepTheRunFromItsEnd() {
    var world = world(plan(8, 4)).due(orders(1, 1));
    IntStream.rangeClosed(2, 21).forEach(id -> world.left(sent(id)));
    world.oneByOne = Duration.ofSeconds(2);
    world.onFind = attempt -> List.of(new GatewayReply.Unknown("in progress", false, true));
    world.run();

    assertThat(world.stateOf(key(1))).isEqualTo(AttemptState.SETTLED);
    assertThat(world.state.doubts()).isEqualTo(20);
    assertThat(Duration.between(START, world.now)).isLessThan(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 20})
  void doorsThatDoNotCloseDoNotKeepTheRunFromItsEnd(int doors) {
    var world = world(plan(8, 4));
    IntStream.rangeClosed(1, doors).forEach(id -> world.left(sent(id)));
    world.oneByOne = Duration.ofSeconds(2);
    world.onFind = attempt -> List.of(World.undecided(attempt));
    world.onClose = attempt -> new GatewayReply.Unknown("no reply", false);
    world.run();

    assertThat(inState(world, AttemptState.SENT)).isEqualTo(doors);
    assertThat(Duration.between(START, world.now)).isLessThan(Duration.ofMinutes(5));
  }

  /** Found by the torture: three invoices waited 43 s for a place beside eighteen doubts. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void questionsLeavePlacesForWhatIsToBeSentAtASlowGateway(int concurrency) {
    var world = world(plan(concurrency, concurrency)).due(orders(1, 20));
    IntStream.rangeClosed(21, 60).forEach(id -> world.left(sent(id)));
    world.latency = Duration.ofSeconds(1);
    world.onFind = attempt -> List.of(new GatewayReply.Unknown("in progress", false, true));
    world.onSend = firstTooLate();
    world.run();

    assertThat(world.booked).hasSize(20);
    assertThat(world.state.findings()).isEmpty();
  }

  @Test
  void questionsThatNobodyAnswersLeavePlacesForWhatIsToBeSentAtASlowGateway() {
    var world = world(plan(8, 8)).due(orders(1, 100));
    IntStream.rangeClosed(101, 107).forEach(id -> world.left(sent(id)));
    world.onFind = attempt -> List.of(new GatewayReply.Unknown("no reply", false));
    world.questionTakes =
        attempt -> Duration.ofSeconds(60L + attempt.order().invoiceId().hashCode() % 20);
    world.onSend = firstTooLate();
    world.run();

    assertThat(world.booked).hasSize(100);
    assertThat(Duration.between(START, world.now)).isLessThan(Duration.ofMinutes(6));
  }

  @Test
  void whatEarlierRunsLeftUndecidedForDaysDoesNotKeepTonightsInvoicesFromBeingCharged() {
    var world = world(plan(8, 4)).due(orders(1, 20));
    IntStream.rangeClosed(101, 250).forEach(id -> world.left(sent(id)));
    world.oneByOne = Duration.ofSeconds(1);
    world.onFind = attempt -> List.of(new GatewayReply.Unknown("in progress", false, true));
    world.run();

    assertThat(world.booked).hasSize(20);
    assertThat(world.state.doubts()).isEqualTo(150);
    assertThat(world.state.findings()).isEmpty();
  }

  @Test
  void freshDoubtsOfARunBeforeEndTheNextOneAsItsOwnWould() {
    var world = world(plan(8, 4)).due(orders(1, 20));
    IntStream.rangeClosed(101, 250).forEach(id -> world.left(sentAt(id, START.minusSeconds(1))));
    world.run();

    assertThat(world.state.findings()).containsExactly(Finding.TOO_MANY_DOUBTS);
    assertThat(world.booked).isEmpty();
  }

  @Test
  void doorsThatTheGatewayLeavesOpenGiveTheirSlotsBack() {
    var world = world(plan(8, 4)).due(orders(1, 10));
    IntStream.rangeClosed(101, 120).forEach(id -> world.left(sent(id)));
    world.onFind = attempt -> List.of(World.undecided(attempt));
    world.onClose = World::undecided;
    world.run();

    assertThat(world.booked).hasSize(10);
    assertThat(world.state.findings()).isEmpty();
  }

  @Test
  void fiveSendsInARowThatNeverLeftEndTheRunWithNothingInDoubt() {
    var world = world(plan(4, 4)).due(orders(1, 100));
    world.onSend = attempt -> new GatewayReply.NotCharged("connection refused", Proof.NEVER_LEFT);
    world.run();

    assertThat(world.state.findings()).containsExactly(Finding.GATEWAY_UNREACHABLE);
    assertThat(inState(world, AttemptState.SENT)).isZero();
    assertThat(inState(world, AttemptState.PENDING)).isEqualTo(100);
  }

  @Test
  void sendsThatCameTooLateForTheirPermitAreNoStrikesAndLessIsClaimedAhead() {
    var world = world(plan(8, 8)).due(orders(1, 60));
    var sends = new AtomicInteger();
    world.onSend =
        attempt ->
            sends.incrementAndGet() > 8 && sends.get() <= 16
                ? new GatewayReply.NotCharged("no place", Proof.TOO_LATE)
                : World.approve(attempt);
    world.run();

    assertThat(world.state.findings()).isEmpty();
    assertThat(world.booked).hasSize(60);
  }

  @Test
  void sendsThatAreTooLateThoughPlacesAreFreeEndTheRun() {
    var world = world(plan(8, 8)).due(orders(1, 100));
    world.onSend = attempt -> new GatewayReply.NotCharged("no place", Proof.TOO_LATE);
    world.run();

    assertThat(world.state.findings()).containsExactly(Finding.SENDS_TOO_LATE);
    assertThat(inState(world, AttemptState.SENT)).isZero();
    assertThat(inState(world, AttemptState.PENDING)).isEqualTo(100);
    assertThat(world.effects.stream().filter(e -> e.startsWith("Send")).count())
        .isLessThanOrEqualTo(32);
  }

  @Test
  void aRefusedAccountStopsTheSendingAtOnce() {
    var world = world(plan(4, 4)).due(orders(1, 100));
    world.onSend = attempt -> new GatewayReply.AccountRefused("401");
    world.run();

    assertThat(world.state.findings()).containsExactly(Finding.ACCOUNT_REFUSED);
    assertThat(world.effects.stream().filter(e -> e.startsWith("Send")).count())
        .isLessThanOrEqualTo(8);
    assertThat(inState(world, AttemptState.PENDING)).isEqualTo(100);
  }

  @Test
  void aThrottledRunHoldsBackAndThenGoesOn() {
    var world = world(plan(4, 4)).due(orders(1, 40));
    world.onSend =
        attempt ->
            attempt.sendNo() == 1 && world.now.isBefore(START.plusSeconds(1))
                ? new GatewayReply.NotCharged("429", Proof.THROTTLED)
                : World.approve(attempt);
    world.run();

    assertThat(world.state.findings()).isEmpty();
    assertThat(world.booked).hasSize(40);
  }

  @Test
  void tooManyDeclinesEndTheSending() {
    var world = world(plan(4, 4)).due(orders(1, 200));
    world.onSend = World::decline;
    world.run();

    assertThat(world.state.findings()).containsExactly(Finding.TOO_MANY_DECLINES);
    assertThat(inState(world, AttemptState.DECLINED)).isBetween(20L, 28L);
    assertThat(inState(world, AttemptState.SENT)).isZero();
  }

  @Test
  void fiveOrderRefusalsInARowCountAsTheAccounts() {
    var world = world(plan(1, 1)).due(orders(1, 50));
    world.onSend = attempt -> new GatewayReply.OrderRefused("resource_missing", "no customer");
    world.run();

    assertThat(world.state.findings()).containsExactly(Finding.ORDERS_REFUSED);
    assertThat(inState(world, AttemptState.CANCELLED)).isBetween(5L, 6L);
  }

  @Test
  void aSignalSendsNothingNewAndFinishesWhatIsInFlight() {
    var world = world(plan(4, 4)).due(orders(1, 200));
    world.later(Duration.ofMillis(420), new Event.Stopped(Finding.TERMINATED));
    world.run();

    assertThat(world.booked).hasSizeBetween(1, 60);
    assertThat(inState(world, AttemptState.SENT)).isZero();
    assertThat(world.state.findings()).containsExactly(Finding.TERMINATED);
  }

  @Test
  void aRunThatLostItsLockBooksWhatIsApprovedAndSaysNoToNothing() {
    var world = world(plan(8, 8)).due(orders(1, 200));
    world.onSend =
        attempt ->
            attempt.key().value().endsWith("1-1") ? World.decline(attempt) : World.approve(attempt);
    world.later(Duration.ofMillis(160), new Event.Stopped(Finding.LOCK_LOST));
    world.run();

    assertThat(inState(world, AttemptState.DECLINED)).isZero();
    assertThat(inState(world, AttemptState.SENT)).isPositive();
    assertThat(world.booked).isNotEmpty();
  }

  @Test
  void theLongestTimeOfARunEndsIt() {
    var world = world(plan(1, 1, Duration.ofMinutes(2), START.plusSeconds(3))).due(orders(1, 100));
    world.run();

    assertThat(world.state.findings()).containsExactly(Finding.STOP_AFTER);
    assertThat(world.booked).hasSizeBetween(5, 60);
    assertThat(inState(world, AttemptState.SENT)).isZero();
  }

  @Test
  void aDeclineWithAnOpenDoorIsWrittenOnlyOnceTheGatewayHasCancelledIt() {
    var world = world(plan(1, 1)).due(orders(1, 1));
    world.onSend =
        attempt -> new GatewayReply.Declined("funds", "no funds", false, "pi_1", null, null);
    world.run();

    assertThat(world.effects).containsSubsequence("Close SHOP-1-1", "Write 1");
    assertThat(world.stateOf(key(1))).isEqualTo(AttemptState.DECLINED);
  }

  @Test
  void aLostReplyToTheCancellingLeavesTheAttemptSent() {
    var world = world(plan(1, 1, Duration.ofSeconds(10), null)).due(orders(1, 1));
    world.onSend =
        attempt -> new GatewayReply.Declined("funds", "no funds", false, "pi_1", null, null);
    world.onClose = attempt -> new GatewayReply.Unknown("no reply", false);
    world.onFind = attempt -> List.of(new GatewayReply.Unknown("no reply", false));
    world.run();

    assertThat(world.stateOf(key(1))).isEqualTo(AttemptState.SENT);
  }

  @Test
  void theGivenStateIsNeverChanged() {
    var rules = new RunRules(plan(1, 1), attemptRules());
    var state = new RunState();

    rules.advance(state, new Event.Stopped(Finding.TERMINATED), START);

    assertThat(state.findings()).isEmpty();
    assertThat(state.finished()).isFalse();
  }

  @Test
  void theMostSeriousFindingGivesTheExitCode() {
    assertThat(Finding.exitCode(Set.of())).isZero();
    assertThat(Finding.exitCode(Set.of(Finding.MAIL, Finding.DOUBTS))).isEqualTo(3);
    assertThat(Finding.exitCode(Set.of(Finding.DOUBTS, Finding.TERMINATED))).isEqualTo(143);
    assertThat(Finding.exitCode(Set.of(Finding.TERMINATED, Finding.PERSON_NEEDED))).isEqualTo(4);
    assertThat(Finding.exitCode(Set.of(Finding.PERSON_NEEDED, Finding.THROTTLED))).isEqualTo(8);
    assertThat(Finding.exitCode(Set.of(Finding.THROTTLED, Finding.APP_SQL))).isEqualTo(7);
    assertThat(Finding.exitCode(Set.of(Finding.APP_SQL, Finding.PAUSED))).isEqualTo(6);
    assertThat(Finding.exitCode(Set.of(Finding.PAUSED, Finding.BUG))).isEqualTo(1);
  }

  private static World world(RunPlan plan) {
    return new World(new RunRules(plan, attemptRules()));
  }

  private static long inState(World world, AttemptState state) {
    return world.attempts.values().stream().filter(a -> a.state() == state).count();
  }

  private static RunPlan plan(int concurrency, int batch) {
    return plan(concurrency, batch, Duration.ofMinutes(2), null);
  }

  private static RunPlan plan(
      int concurrency, int batch, Duration recoveryWait, @Nullable Instant stopAt) {
    return new RunPlan(
        concurrency,
        batch,
        Integer.MAX_VALUE,
        100,
        50,
        recoveryWait,
        stopAt,
        LocalDate.of(2026, 11, 23));
  }

  private static Timings timings() {
    return new Timings(
        Duration.ofSeconds(20),
        Duration.ofMinutes(5),
        Duration.ofMinutes(2),
        Duration.ofMinutes(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(2),
        Duration.ofMinutes(20),
        Duration.ofHours(24));
  }

  private static Horizon horizon() {
    return Horizon.of(timings(), Duration.ofSeconds(80));
  }

  private static AttemptRules attemptRules() {
    return new AttemptRules(timings(), horizon(), new RetrySchedule(List.of(3, 5, 7)));
  }

  private static List<Order> orders(int from, int count) {
    return IntStream.range(from, from + count).mapToObj(RunRulesTest::order).toList();
  }

  private static Order order(int invoice) {
    return new Order(
        key(invoice),
        "" + invoice,
        1,
        "inst",
        new Money(7900, Currency.of("USD").orElseThrow()),
        "cus",
        "pm",
        null,
        new Account("stripe", null, false),
        1);
  }

  private static ChargeKey key(int invoice) {
    return ChargeKey.of("SHOP", "" + invoice, 1);
  }

  /** From then on the run knows that sends wait for places. */
  private static Function<Attempt, GatewayReply> firstTooLate() {
    var sends = new AtomicInteger();
    return attempt ->
        sends.incrementAndGet() == 1
            ? new GatewayReply.NotCharged("no place", Proof.TOO_LATE)
            : World.approve(attempt);
  }

  private static Attempt sent(int invoice) {
    return sentAt(invoice, START.minusSeconds(600));
  }

  private static Attempt sentAt(int invoice, Instant at) {
    return new Attempt(
        order(invoice), AttemptState.SENT, 1, new Sends("?"), at, at, null, null, 0, null, 0);
  }
}
