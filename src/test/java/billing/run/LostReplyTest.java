package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.ChargeKey;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reply to a charge is lost or spoilt, after the money moved or before. */
class LostReplyTest {

  static Stream<Arguments> faults() {
    return Stream.of("stripe", "nmi")
        .flatMap(kind ->
            Stream.of(
                    Kind.RESET_AFTER,
                    Kind.GARBAGE,
                    Kind.TRUNCATED,
                    Kind.OVERSIZED,
                    Kind.SILENT_AFTER,
                    Kind.RESET_BEFORE,
                    Kind.SILENT_BEFORE)
                .map(fault -> Arguments.of(kind, fault)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theInvoiceIsChargedOnceAndBookedOnce(String kind, Kind fault) {
    try (var scene =
        new Scene("latency=5ms,lag=50ms,duplicate-window=0ms,duplicate-override=off")) {
      scene.kind = kind;
      scene.timeout = Duration.ofMillis(700);
      scene.timings = Scene.SHORT;
      scene.invoices(1001, 1, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(fault));

      var report = scene.charge();

      assertThat(report.findings()).isEmpty();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.count("payments")).isEqualTo(1);
      scene.judge();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatTheGatewayForgetsToHaveSeenIsFoundByItsOwnLedger(String kind) {
    // With the keys off a second send would charge again: the lookup alone must prevent it.
    try (var scene =
        new Scene(
            "latency=5ms,lag=300ms,duplicate-window=0ms,duplicate-override=off,idempotency=off")) {
      scene.kind = kind;
      scene.timings = Scene.SHORT;
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.RESET_AFTER), 3);

      scene.charge();

      assertThat(scene.sandbox.ledger().standing()).hasSize(3);
      scene.judge();
    }
  }

  /** Its idempotency key would hide the second send for a day; here it hides nothing. */
  @Test
  void aClockThatWasAheadDuringTheSendHidesNoCharge() throws Exception {
    try (var scene = new Scene("latency=5ms,lag=50ms,duplicate-window=0ms,idempotency=off")) {
      scene.timings = Scene.SHORT;
      scene.timeout = Duration.ofMillis(500);
      scene.recoveryWait = Duration.ofSeconds(1);
      scene.invoices(1001, 1, scene.good()).enroll();
      scene.gatewayClock.advance(Duration.ofMinutes(-10));
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.RESET_AFTER));
      scene.charge();
      scene.gatewayClock.advance(Duration.ofMinutes(10));
      Thread.sleep(3_500);

      var report = scene.charge();

      assertThat(report.findings()).isEmpty();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.sandbox.ledger().standing()).as(scene.story(1001)).hasSize(1);
    }
  }

  @Test
  void aDoubtIsLeftSentWhereTheHorizonIsBeyondTheRunsPatience() {
    try (var scene = new Scene("latency=5ms")) {
      scene.recoveryWait = Duration.ofSeconds(1);
      scene.invoices(1001, 2, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.RESET_BEFORE));

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(3);
      assertThat(report.doubts()).hasSize(1);
      var doubt = report.doubts().getFirst();
      var sentAt = Objects.requireNonNull(doubt.sentAt());
      var horizon = scene.settings().horizon(scene.sandbox.timings()).afterLastSend();
      var again = Map.of(new ChargeKey(doubt.key()), sentAt.plus(horizon));
      assertThat(report.askAgainFrom()).isEqualTo(again);
      var reconciled = scene.reconcile();
      assertThat(reconciled.exitCode()).isEqualTo(3);
      assertThat(reconciled.run().askAgainFrom()).isEqualTo(again);
      scene.judge();
    }
  }

  @Test
  void aThrottledSendIsSentAgainAfterAPause() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 5, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.THROTTLED), 2);

      var report = scene.charge();

      assertThat(report.findings()).isEmpty();
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(5);
      scene.judge();
    }
  }

  @Test
  void aStoredFailureIsNeverTakenForAbsence() {
    try (var scene = new Scene("latency=5ms")) {
      scene.recoveryWait = Duration.ofSeconds(15);
      scene.invoices(1001, 1, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.ERROR_BEFORE));

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(3);
      assertThat(scene.states(1001)).containsExactly("SENT");
      assertThat(scene.schema.one("SELECT sends FROM charge_attempts")).isEqualTo("!");
    }
  }
}
