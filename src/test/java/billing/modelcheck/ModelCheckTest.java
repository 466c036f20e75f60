package billing.modelcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import billing.modelcheck.Config.Guard;
import billing.rules.Horizon;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The production rules in small worlds that are searched whole, and the checker itself: with a
 * guard taken away it must find the violation, and soon.
 */
class ModelCheckTest {

  /** The only world to search; null: all of them. */
  private static final @Nullable String ONE = System.getProperty("model.world");

  static List<Config> small() {
    return Worlds.small();
  }

  static List<Config> large() {
    return Worlds.large();
  }

  @ParameterizedTest
  @MethodSource("small")
  void nothingIsViolatedInASmallWorld(Config config) {
    assumeTrue(ONE == null || ONE.equals(config.name()), "only -Dmodel.world");
    var result = Search.of(config);
    System.err.println(result.text());
    assertThat(result.violation()).as(result.text()).isNull();
  }

  /** Minutes: with {@code -Dmodel=large}, or one by {@code -Dmodel.world}, see docs/proof.md. */
  @ParameterizedTest
  @MethodSource("large")
  void nothingIsViolatedInALargerWorld(Config config) {
    assumeTrue(
        ONE == null ? "large".equals(System.getProperty("model")) : ONE.equals(config.name()),
        "only with -Dmodel=large or by its name");
    var result = Search.of(config);
    System.err.println(result.text());
    assertThat(result.violation()).as(result.text()).isNull();
  }

  @Test
  void theCheckerMissesAnUnfencedClaim() {
    var result = Search.of(Config.named("").runs(2, 2).withoutLock().without(Guard.FENCE), 10_000);
    assertThat(result.violation()).startsWith("I4: run 1 claims");
    assertThat(result.story()).hasSizeLessThan(8);
  }

  @Test
  void theCheckerMissesAPermit() {
    var result =
        Search.of(Config.named("").runs(2, 1).with(Fault.CRASH).without(Guard.PERMIT), 100_000);
    assertThat(result.violation()).startsWith("I3: puts back to PENDING");
    assertThat(result.story()).hasSizeLessThan(20);
  }

  @Test
  void theCheckerMissesTheHorizon() {
    var none = new Horizon(Duration.ZERO, Duration.ofSeconds(3));
    var result = Search.of(Config.named("").runs(2, 1).with(Fault.CRASH).trusting(none), 100_000);
    assertThat(result.violation()).startsWith("I3: puts back to PENDING");
    assertThat(result.story()).hasSizeLessThan(20);
  }

  @Test
  void theCheckerMissesTheHorizonBeforeAPersonsWord() {
    var none = new Horizon(Duration.ZERO, Duration.ofSeconds(3));
    var world = Config.named("").runs(1, 1).with(Fault.RESOLVE, Fault.CRASH).trusting(none);
    var result = Search.of(world, 10_000);
    assertThat(result.violation()).startsWith("I3: a person may say that nothing was charged");
    assertThat(result.story()).hasSizeLessThan(10);
  }

  @Test
  void theCheckerMissesTheSecondLookAtAnInvoice() {
    var result =
        Search.of(
            Config.named("").runs(1, 1).with(Fault.PAID_ELSEWHERE).without(Guard.RECHECK), 10_000);
    assertThat(result.violation()).contains("its invoice is not due");
  }

  @Test
  void theCheckerMissesTheWitnesses() {
    var world =
        Config.named("").runs(2, 1).with(Fault.RESTORE).without(Guard.WITNESS, Guard.LISTING);
    var result = Search.of(world, 1_000_000);
    assertThat(result.violation()).startsWith("I");
    assertThat(result.story()).hasSizeLessThan(40);
  }

  /** Its attempt has ended: the invoice was paid elsewhere once the gateway had shown nothing. */
  @Test
  void theCheckerMissesALateApproval() {
    var world =
        Config.named("")
            .runs(2, 2)
            .withoutLock()
            .waits(0)
            .with(Fault.HELD, Fault.PAID_ELSEWHERE)
            .with(Fault.EXPIRED, 0)
            .without(Guard.LATE_APPROVAL);
    var result = Search.of(world, 100_000);
    assertThat(result.violation())
        .startsWith("I5: ")
        .endsWith("is approved, not booked, and with no person");
    assertThat(result.story()).hasSizeLessThan(30).contains("invoice 1 is paid by another way");
  }
}
