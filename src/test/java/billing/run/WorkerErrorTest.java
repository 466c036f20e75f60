package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.Gateway;
import billing.model.Currency;
import billing.rules.Finding;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An Error on a worker's thread, as where the jar is replaced under a run: the run ends. */
@Timeout(30)
class WorkerErrorTest {

  @Test
  void oneAtTheGatewayEndsTheRunAndLeavesADoubt() {
    try (var scene = new Scene("latency=5ms,lag=0ms")) {
      scene.invoices(1001, 2, scene.good()).enroll();

      try (var database = scene.database();
          var gateway = scene.gateway()) {
        assertThat(charge(scene.run(database, withoutItsClass(gateway))).findings())
            .contains(Finding.BUG, Finding.DOUBTS);
      }

      assertThat(scene.states(1001)).containsExactly("SENT");
      scene.judge();
    }
  }

  @Test
  void oneAtTheDatabaseEndsTheRunAndTheNextRunDoesTheRest() {
    try (var scene = new Scene("latency=5ms,lag=0ms")) {
      scene.invoices(1001, 2, scene.good()).enroll();
      scene.maxTotals = withoutMemory();

      try (var database = scene.database();
          var gateway = scene.gateway()) {
        assertThat(charge(scene.run(database, gateway)).findings()).contains(Finding.BUG);
      }
      assertThat(scene.sandbox.ledger().standing()).isEmpty();

      scene.maxTotals = Map.of();
      scene.chargeUntilDone();
      assertThat(scene.sandbox.ledger().standing()).hasSize(2);
      scene.judge();
    }
  }

  private static ChargeReport charge(Charge charge) {
    return charge.run(new ChargeOrder(Scene.TODAY, Set.of(), Integer.MAX_VALUE, Duration.ZERO));
  }

  private static Gateway withoutItsClass(Gateway gateway) {
    return (Gateway)
        Proxy.newProxyInstance(
            Gateway.class.getClassLoader(),
            new Class<?>[] {Gateway.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("charge")) {
                throw new NoClassDefFoundError("billing/gateway/stripe/StripeReplies");
              }
              try {
                return method.invoke(gateway, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }

  /** Read by the first claim. */
  private static Map<Currency, Long> withoutMemory() {
    return new AbstractMap<>() {
      @Override
      public Set<Entry<Currency, Long>> entrySet() {
        throw new OutOfMemoryError("a test");
      }
    };
  }
}
