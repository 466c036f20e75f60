package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.Gateway;
import billing.model.Timings;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway that takes longer than a permit lasts, and one whose clock is nowhere. */
@Timeout(120)
class SlowGatewayTest {

  @Test
  void aGatewaySlowerThanThePermitIsClaimedForAsFastAsItAnswers() {
    try (var scene = new Scene("latency=2s,lag=0ms")) {
      scene.timings =
          new Timings(
              Duration.ofMillis(1500),
              Duration.ofMillis(100),
              Duration.ofMillis(200),
              Duration.ofMillis(400),
              Duration.ofSeconds(1),
              Duration.ofMillis(100),
              Duration.ZERO,
              Duration.ofMinutes(1));
      scene.timeout = Duration.ofSeconds(10);
      scene.invoices(1001, 24, scene.good()).enroll();

      var report = scene.charge();

      assertThat(report.findings()).isEmpty();
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(24);
      // One batch, and one more while the second look at the listing holds one of the connections.
      assertThat(scene.count("charge_attempts WHERE sends LIKE '%-%'"))
          .as("claimed once too many, and never again")
          .isBetween(1, 9);
      scene.judge();
    }
  }

  @Test
  void aGatewaysClockThatIsNowhereMakesAbsenceCountForNothing() {
    try (var scene = new Scene("latency=5ms,lag=50ms")) {
      scene.timings = Scene.SHORT;
      scene.recoveryWait = Duration.ofSeconds(6);
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.RESET_BEFORE));
      try (var database = scene.database();
          var gateway = scene.gateway()) {
        var report =
            scene
                .run(database, inTheYearOne(gateway))
                .run(new ChargeOrder(Scene.TODAY, Set.of(), Integer.MAX_VALUE, Duration.ZERO));

        assertThat(report.exitCode()).isEqualTo(3);
        assertThat(report.doubts()).hasSize(1);
      }
      scene.judge();
    }
  }

  private static Gateway inTheYearOne(Gateway gateway) {
    return (Gateway)
        Proxy.newProxyInstance(
            Gateway.class.getClassLoader(),
            new Class<?>[] {Gateway.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("clockAhead")) {
                return Duration.between(Instant.now(), Instant.parse("0001-01-01T00:00:00Z"));
              }
              try {
                return method.invoke(gateway, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }
}
