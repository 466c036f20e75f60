package billing.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Attempt;
import billing.model.GatewayReply;
import billing.model.GatewayReply.AccountRefused;
import billing.model.GatewayReply.Approved;
import billing.model.GatewayReply.Closed;
import billing.model.GatewayReply.Declined;
import billing.model.GatewayReply.Duplicate;
import billing.model.GatewayReply.DuplicateOf;
import billing.model.GatewayReply.NotCharged;
import billing.model.GatewayReply.NotFound;
import billing.model.GatewayReply.OrderRefused;
import billing.model.GatewayReply.Reversed;
import billing.model.GatewayReply.Unknown;
import billing.sandbox.Charge;
import billing.sandbox.Fault;
import billing.sandbox.Match;
import billing.sandbox.MovableClock;
import billing.sandbox.Operation;
import billing.sandbox.Sandbox;
import billing.sandbox.SandboxSettings;
import billing.sandbox.Weather;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The port's contract, held by every adapter against its door of the sandbox. */
@Timeout(30)
class GatewayContractTest {

  private final MovableClock clock = new MovableClock();
  private final Sandbox sandbox =
      Sandbox.start(SandboxSettings.DEFAULT.withClock(clock).withWeather(Weather.parse("lag=0s")));

  @AfterEach
  void close() {
    sandbox.close();
  }

  private Gateway open(Door door) {
    return door.open(sandbox, clock, Duration.ofSeconds(5));
  }

  private Attempt first(Door door, String invoice, String card) {
    return door.attempt(invoice, card, "?", clock.instant());
  }

  private static GatewayReply send(Gateway gateway, Attempt attempt) {
    return gateway.charge(attempt, () -> true);
  }

  private void fault(Operation operation, Fault.Kind kind) {
    sandbox.faults().next(Match.ANY.on(operation), Fault.of(kind));
  }

  @ParameterizedTest
  @EnumSource
  void anApprovalIsOursAndIsFoundAgain(Door door) {
    try (var gateway = open(door)) {
      var attempt = first(door, "1001", door.good);
      var approved = (Approved) send(gateway, attempt);
      assertThat(approved.echo().contradictions(attempt.order())).isEmpty();
      var found = gateway.find(attempt, false);
      assertThat(found).singleElement().isInstanceOf(Approved.class);
      var again = (Approved) found.getFirst();
      assertThat(again.transactionId()).isEqualTo(approved.transactionId());
      assertThat(again.echo().contradictions(attempt.order())).isEmpty();
      assertThat(again.echo().amount()).isEqualTo(attempt.order().amount());
      assertThat(again.echo().paymentRef()).isEqualTo(door.good);
      assertThat(again.echo().invoiceId()).isEqualTo("1001");
      assertThat(again.echo().installation()).isEqualTo("inst-1");
      assertThat(again.at()).isNotNull();
      assertThat(sandbox.ledger().standing()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDeclineIsFoundAgainAsTheSame(Door door) {
    try (var gateway = open(door)) {
      for (var card : List.of(door.poor, door.stolen)) {
        var attempt = first(door, card.equals(door.poor) ? "1" : "2", card);
        var declined = (Declined) send(gateway, attempt);
        assertThat(declined.hard()).isEqualTo(card.equals(door.stolen));
        assertThat(declined.text()).doesNotContainIgnoringCase("stolen");
        assertThat(Objects.requireNonNull(declined.echo()).contradictions(attempt.order()))
            .isEmpty();
        var found = (Declined) gateway.find(attempt, false).getFirst();
        assertThat(found.code()).isEqualTo(declined.code());
        assertThat(found.hard()).isEqualTo(declined.hard());
        assertThat(found.openDoor()).isEqualTo(declined.openDoor());
      }
      assertThat(sandbox.ledger().standing()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theDoorOfADeclineCanBeClosedAndItStaysADecline(Door door) {
    try (var gateway = open(door)) {
      var attempt = first(door, "1", door.poor);
      var open = ((Declined) send(gateway, attempt)).openDoor();
      assertThat(open == null).isEqualTo(door == Door.NMI);
      if (open != null) {
        assertThat(gateway.close(attempt, open)).isEqualTo(new Closed(open));
        assertThat(gateway.close(attempt, open)).isEqualTo(new Closed(open));
      }
      assertThat(gateway.find(attempt, false))
          .singleElement()
          .isInstanceOfSatisfying(
              Declined.class, declined -> assertThat(declined.openDoor()).isNull());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasChargedCannotBeClosed(Door door) {
    try (var gateway = open(door)) {
      var attempt = first(door, "1", door.good);
      var approved = (Approved) send(gateway, attempt);
      var closed = gateway.close(attempt, approved.transactionId());
      assertThat(closed).isInstanceOf(door == Door.STRIPE ? Approved.class : Unknown.class);
      assertThat(sandbox.ledger().standing()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anUnknownCardIsTheOrdersFault(Door door) {
    try (var gateway = open(door)) {
      assertThat(send(gateway, first(door, "1", door.missing))).isInstanceOf(OrderRefused.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingUnderTheKeyIsNotFound(Door door) {
    try (var gateway = open(door)) {
      send(gateway, first(door, "1", door.good));
      assertThat(gateway.find(first(door, "2", door.good), false)).containsExactly(new NotFound());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLostReplyIsFoundAsWhatItWas(Door door) {
    try (var gateway = open(door)) {
      for (var kind : List.of(Fault.Kind.RESET_AFTER, Fault.Kind.CLOSED_AFTER)) {
        fault(Operation.CHARGE, kind);
        var attempt = first(door, kind.name().replace("_", ""), door.good);
        clock.advance(Duration.ofHours(1));
        assertThat(send(gateway, attempt)).isInstanceOf(Unknown.class);
        assertThat(gateway.find(attempt, false)).singleElement().isInstanceOf(Approved.class);
      }
      fault(Operation.CHARGE, Fault.Kind.RESET_BEFORE);
      var never = first(door, "3", door.good);
      assertThat(send(gateway, never)).isInstanceOf(Unknown.class);
      assertThat(gateway.find(never, false)).containsExactly(new NotFound());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRepeatOfAChargeThatLandedChargesNothing(Door door) {
    try (var gateway = open(door)) {
      var attempt = first(door, "1", door.good);
      fault(Operation.CHARGE, Fault.Kind.RESET_AFTER);
      assertThat(send(gateway, attempt)).isInstanceOf(Unknown.class);
      clock.advance(Duration.ofHours(3)); // past the duplicate window of the account
      var repeat = door.attempt("1", door.good, "??", clock.instant().minus(Duration.ofHours(3)));
      assertThat(send(gateway, repeat))
          .isInstanceOf(door == Door.STRIPE ? Approved.class : Duplicate.class);
      assertThat(gateway.find(repeat, true)).singleElement().isInstanceOf(Approved.class);
      assertThat(sandbox.ledger().standing()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEqualInvoiceOfTheSameCardIsTwoChargesOrADuplicateOfTheOther(Door door) {
    try (var gateway = open(door)) {
      send(gateway, first(door, "1", door.good));
      var second = first(door, "2", door.good);
      var reply = send(gateway, second);
      if (door == Door.STRIPE) {
        assertThat(reply).isInstanceOf(Approved.class);
      } else {
        assertThat(reply).isInstanceOf(Duplicate.class);
        assertThat(gateway.find(second, false)).containsExactly(new NotFound());
        assertThat(gateway.find(second, true))
            .singleElement()
            .isInstanceOfSatisfying(
                DuplicateOf.class, other -> assertThat(other.otherKey()).isEqualTo("T-1-1"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasGivenBackSinceIsReversed(Door door) {
    try (var gateway = open(door)) {
      var attempt = first(door, "1", door.good);
      var approved = (Approved) send(gateway, attempt);
      assertThat(sandbox.ledger().reverse(approved.transactionId())).isTrue();
      assertThat(gateway.find(attempt, false)).singleElement().isInstanceOf(Reversed.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStrangersKeyIsRefusedByEveryQuestion(Door door) {
    try (var ours = open(door);
        var strangers = door.open(sandbox, clock, Duration.ofSeconds(5), "sk_test_stranger")) {
      assertThat(ours.account()).isInstanceOf(AccountReply.Known.class);
      assertThat(strangers.account()).isInstanceOf(AccountReply.Refused.class);
      var attempt = first(door, "1", door.good);
      assertThat(send(strangers, attempt)).isInstanceOf(AccountRefused.class);
      assertThat(strangers.find(attempt, false)).singleElement().isInstanceOf(AccountRefused.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void throttledIsProofForAChargeAndNothingForAQuestion(Door door) {
    try (var gateway = open(door)) {
      var attempt = first(door, "1", door.good);
      for (var kind : List.of(Fault.Kind.THROTTLED, Fault.Kind.HTTP_429)) {
        fault(Operation.CHARGE, kind);
        assertThat(send(gateway, attempt))
            .isInstanceOfSatisfying(NotCharged.class, n -> assertThat(n.left()).isTrue());
      }
      for (var kind :
          List.of(
              Fault.Kind.THROTTLED,
              Fault.Kind.LOOKUP_FAILS,
              Fault.Kind.UNAVAILABLE,
              Fault.Kind.EMPTY,
              Fault.Kind.GARBAGE,
              Fault.Kind.TRUNCATED,
              Fault.Kind.OVERSIZED)) {
        fault(Operation.LOOKUP, kind);
        assertThat(gateway.find(attempt, false))
            .as(kind.text())
            .singleElement()
            .isInstanceOf(Unknown.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClosedDoorIsProofAndAnOpenedOneWorksAgain(Door door) {
    try (var gateway = open(door)) {
      sandbox.refuse();
      assertThat(send(gateway, first(door, "1", door.good)))
          .isInstanceOfSatisfying(NotCharged.class, n -> assertThat(n.left()).isFalse());
      sandbox.accept();
      assertThat(send(gateway, first(door, "1", door.good))).isInstanceOf(Approved.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectionsThatTheGatewayLetGoOfLeaveNoDoubt(Door door) throws Exception {
    sandbox.faults().weather(Weather.parse("lag=0s,keep-alive=50ms,duplicate-window=off"));
    try (var gateway = open(door)) {
      for (int i = 1; i <= 6; i++) {
        assertThat(send(gateway, first(door, "" + i, door.good))).isInstanceOf(Approved.class);
        Thread.sleep(90);
      }
    }
  }

  static Stream<Arguments> everyFault() {
    return Arrays.stream(Door.values())
        .flatMap(door -> Arrays.stream(Fault.Kind.values()).map(kind -> Arguments.of(door, kind)));
  }

  /** Whatever goes wrong: a reply that speaks of money is true, now and after a late effect. */
  @ParameterizedTest
  @MethodSource("everyFault")
  void noFaultMakesAReplySayWhatIsNotSo(Door door, Fault.Kind kind) throws Exception {
    sandbox.faults().next(Match.ANY.on(Operation.CHARGE), Fault.of(kind, Duration.ofMillis(150)));
    try (var gateway = door.open(sandbox, clock, Duration.ofMillis(300))) {
      var attempt = first(door, "1", door.good);
      var reply = send(gateway, attempt);
      if (reply instanceof Unknown) {
        Thread.sleep(250); // nothing is claimed; let a late effect come before the question
      } else if (kind == Fault.Kind.TWICE) {
        Thread.sleep(250);
      }
      switch (Said.of(reply).split(" ", 2)[0]) {
        case "Approved" -> assertThat(sandbox.ledger().standing()).hasSize(1);
        case "NotCharged", "Declined", "OrderRefused", "AccountRefused" ->
            assertThat(sandbox.ledger().standing()).isEmpty();
        default -> assertThat(sandbox.ledger().standing().size()).isLessThanOrEqualTo(1);
      }
      sandbox.faults().clear();
      sandbox.accept();
      var charged = sandbox.ledger().charges().stream().filter(Charge::standing).count();
      try (var patient = open(door)) {
        var found = patient.find(attempt, false).getFirst();
        assertThat(found instanceof Approved).as(Said.of(found)).isEqualTo(charged == 1);
      }
    }
  }
}
