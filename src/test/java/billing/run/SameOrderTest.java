package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Account;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Money;
import billing.model.Order;
import billing.rules.AttemptRules;
import billing.rules.Horizon;
import billing.rules.RetrySchedule;
import billing.rules.RunPlan;
import billing.rules.RunRules;
import billing.rules.World;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The real run is the simulated one: the same rules, and so the same effects in one order. */
class SameOrderTest {

  private static final Duration LATENCY = Duration.ofMillis(400);

  @Test
  void theRealRunDoesWhatTheSimulatedOneDoesInTheSameOrder() {
    try (var scene = new Scene("latency=400ms")) {
      scene.kind = "nmi";
      scene.concurrency = 1;
      scene.invoices(1, 1, scene.good()).invoices(2, 1, scene.poor());
      scene.invoices(3, 1, scene.good()).enroll();

      scene.charge();

      assertThat(scene.effects.stream().map(World::name)).isEqualTo(simulated(scene));
      scene.judge();
    }
  }

  private static List<String> simulated(Scene scene) {
    var timings = scene.sandbox.timings();
    var plan =
        new RunPlan(
            1,
            1,
            Integer.MAX_VALUE,
            scene.maxDoubts,
            scene.maxDeclines,
            scene.recoveryWait,
            null,
            Scene.TODAY);
    var rules =
        new AttemptRules(
            timings, Horizon.of(timings, scene.timeout), new RetrySchedule(List.of(3, 5, 7)));
    var world = new World(new RunRules(plan, rules));
    world.latency = Duration.ofMillis(20);
    world.oneByOne = LATENCY;
    world.onSend =
        attempt -> attempt.key().equals(key(2)) ? World.decline(attempt) : World.approve(attempt);
    world.due(Stream.of(1, 2, 3).map(SameOrderTest::order).toList()).run();
    assertThat(world.effects).contains("Book 1", "Write 1");
    return world.effects;
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
        new Account("nmi", null, false),
        1);
  }

  private static ChargeKey key(int invoice) {
    return ChargeKey.of("SHOP", "" + invoice, 1);
  }
}
