package billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.AccountReply;
import billing.gateway.Gateway;
import billing.gateway.GatewaySettings;
import billing.gateway.Gateways;
import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.GatewayReply;
import billing.model.Money;
import billing.model.Order;
import billing.model.Sends;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our adapters and the sandbox, written apart from one another, mean the same. */
@Timeout(60)
class AdaptersTest {

  private final Sandbox sandbox =
      Sandbox.start(SandboxSettings.DEFAULT.withWeather(Weather.parse("lag=0s")));

  @AfterEach
  void close() {
    sandbox.close();
  }

  private Gateway open(String kind) {
    var stripe = kind.equals("stripe");
    return Gateways.open(
        kind,
        new GatewaySettings(
            stripe ? sandbox.stripeUrl() : sandbox.nmiUrl(),
            stripe ? sandbox.settings().stripeKey() : sandbox.settings().nmiKey(),
            4,
            Duration.ofSeconds(2),
            sandbox.timings()));
  }

  private static Attempt attempt(Gateway gateway, String invoice, String payment) {
    var now = Instant.now();
    return new Attempt(
        new Order(
            ChargeKey.of("SHOP", invoice, 1),
            invoice,
            1,
            "inst-1",
            new Money(1999, Currency.of("USD").orElseThrow()),
            gateway.kind().equals("stripe") ? "cus_9" : null,
            payment,
            "Order " + invoice,
            new Account(gateway.kind(), null, false),
            gateway.protocol()),
        AttemptState.SENT,
        1,
        new Sends("?"),
        now,
        now,
        null,
        null,
        0,
        null,
        1);
  }

  private static String card(Gateway gateway, String stripe, String nmi) {
    return gateway.kind().equals("stripe") ? stripe : nmi;
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void anApprovalIsWhatWasOrdered(String kind) {
    try (var gateway = open(kind)) {
      assertThat(gateway.account()).isInstanceOf(AccountReply.Known.class);
      var attempt = attempt(gateway, "A1", card(gateway, "pm_card_visa", "V1"));

      var reply = gateway.charge(attempt, () -> true);

      var approved = (GatewayReply.Approved) reply;
      assertThat(approved.echo().contradictions(attempt.order())).isEmpty();
      var charge = sandbox.ledger().find(approved.transactionId()).orElseThrow();
      assertThat(charge.invoice()).isEqualTo("A1");
      assertThat(charge.key()).isEqualTo("SHOP-A1-1");
      assertThat(charge.amount()).isEqualTo(attempt.order().amount());
      found(gateway, attempt, approved.transactionId());
    }
  }

  private static void found(Gateway gateway, Attempt attempt, String transactionId) {
    var found = gateway.find(attempt, false);
    assertThat(found).singleElement().isInstanceOf(GatewayReply.Approved.class);
    var approved = (GatewayReply.Approved) found.getFirst();
    assertThat(approved.transactionId()).isEqualTo(transactionId);
    assertThat(approved.echo().contradictions(attempt.order())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void aLostReplyIsFound(String kind) {
    try (var gateway = open(kind)) {
      sandbox.faults().next(Match.CHARGE, Fault.of(Fault.Kind.RESET_AFTER));
      var attempt = attempt(gateway, "A1", card(gateway, "pm_1", "V1"));

      assertThat(gateway.charge(attempt, () -> true)).isInstanceOf(GatewayReply.Unknown.class);

      found(gateway, attempt, sandbox.ledger().standing().getFirst().transactionId());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatNeverArrivedIsNotFound(String kind) {
    try (var gateway = open(kind)) {
      sandbox.faults().next(Match.CHARGE, Fault.of(Fault.Kind.RESET_BEFORE));
      var attempt = attempt(gateway, "A1", card(gateway, "pm_1", "V1"));

      assertThat(gateway.charge(attempt, () -> true)).isInstanceOf(GatewayReply.Unknown.class);

      assertThat(gateway.find(attempt, false)).isEqualTo(List.of(new GatewayReply.NotFound()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void aDeclineIsADecline(String kind) {
    try (var gateway = open(kind)) {
      var poor =
          attempt(
              gateway,
              "A1",
              card(gateway, "pm_card_chargeDeclinedInsufficientFunds", "V-DECLINE-202"));
      var stolen =
          attempt(
              gateway, "A2", card(gateway, "pm_card_chargeDeclinedStolenCard", "V-DECLINE-252"));

      assertThat(((GatewayReply.Declined) gateway.charge(poor, () -> true)).hard()).isFalse();
      assertThat(((GatewayReply.Declined) gateway.charge(stolen, () -> true)).hard()).isTrue();
      assertThat(gateway.find(poor, false))
          .singleElement()
          .isInstanceOf(GatewayReply.Declined.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatWasGivenBackIsReversed(String kind) {
    try (var gateway = open(kind)) {
      var attempt = attempt(gateway, "A1", card(gateway, "pm_1", "V1"));
      var approved = (GatewayReply.Approved) gateway.charge(attempt, () -> true);

      assertThat(sandbox.ledger().reverse(approved.transactionId())).isTrue();

      assertThat(gateway.find(attempt, false))
          .singleElement()
          .isInstanceOf(GatewayReply.Reversed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void refusalsAreToldApart(String kind) {
    try (var gateway = open(kind)) {
      sandbox.faults().next(Match.CHARGE, Fault.of(Fault.Kind.THROTTLED));
      var attempt = attempt(gateway, "A1", card(gateway, "pm_1", "V1"));
      assertThat(gateway.charge(attempt, () -> true)).isInstanceOf(GatewayReply.NotCharged.class);
      var unknown = attempt(gateway, "A2", card(gateway, "pm_missing", "V-MISSING"));
      assertThat(gateway.charge(unknown, () -> true)).isInstanceOf(GatewayReply.OrderRefused.class);
      sandbox.refuse();
      assertThat(gateway.charge(attempt, () -> true))
          .isEqualTo(new GatewayReply.NotCharged(notCharged(gateway, attempt), false));
      assertThat(sandbox.ledger().charges()).isEmpty();
    }
  }

  private static String notCharged(Gateway gateway, Attempt attempt) {
    return ((GatewayReply.NotCharged) gateway.charge(attempt, () -> true)).why();
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void everySpoiltReplyIsADoubtAndFoundLater(String kind) {
    try (var gateway = open(kind)) {
      var spoilt =
          List.of(
              Fault.Kind.CLOSED_AFTER,
              Fault.Kind.GARBAGE,
              Fault.Kind.EMPTY,
              Fault.Kind.TRUNCATED,
              Fault.Kind.OVERSIZED,
              Fault.Kind.WRONG_LENGTH,
              Fault.Kind.ERROR_AFTER,
              Fault.Kind.UNSURE_AFTER);
      var number = 0;
      for (var fault : spoilt) {
        number++;
        sandbox.faults().next(Match.CHARGE, Fault.of(fault));
        var attempt = attempt(gateway, "A" + number, card(gateway, "pm_1", "V" + number));

        assertThat(gateway.charge(attempt, () -> true))
            .as(fault.text())
            .isInstanceOf(GatewayReply.Unknown.class);

        var charge = sandbox.ledger().underKey(attempt.key().value()).getFirst();
        found(gateway, attempt, charge.transactionId());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatIsHeldIsNoOutcomeUntilSomebodyDecides(String kind) {
    try (var gateway = open(kind)) {
      sandbox.faults().next(Match.CHARGE, Fault.of(Fault.Kind.HELD));
      var attempt = attempt(gateway, "A1", card(gateway, "pm_1", "V1"));

      assertThat(gateway.charge(attempt, () -> true))
          .isInstanceOfAny(GatewayReply.Processing.class, GatewayReply.Unknown.class);
      assertThat(gateway.find(attempt, false))
          .singleElement()
          .isInstanceOfAny(GatewayReply.Processing.class, GatewayReply.Unknown.class);

      var id = sandbox.ledger().charges().getFirst().transactionId();
      assertThat(sandbox.ledger().decide(id, true, "100", "SUCCESS")).isTrue();
      found(gateway, attempt, id);
    }
  }
}
