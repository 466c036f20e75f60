package billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How faults are spelled, and how the dice fall. */
class WeatherTest {

  private static Call charge(String key) {
    var request = new Request("POST", "/", Form.EMPTY, Map.of(), "", Form.EMPTY);
    return new Call("stripe", Operation.CHARGE, key, request);
  }

  @Test
  void readsSettingsAndFaults() {
    var weather =
        Weather.parse("latency=50ms, reset-after=0.05,lookup.reply-late=0.1:3s,any.empty=1,seed=7");

    assertThat(weather.latency()).isEqualTo(Duration.ofMillis(50));
    assertThat(weather.seed()).isEqualTo(7);
    assertThat(weather.lag()).as("unchanged").isEqualTo(Weather.CALM.lag());
    assertThat(weather.chances())
        .containsExactly(
            new Weather.Chance(Operation.CHARGE, Fault.of(Fault.Kind.RESET_AFTER), 0.05),
            new Weather.Chance(
                Operation.LOOKUP, Fault.of(Fault.Kind.REPLY_LATE, Duration.ofSeconds(3)), 0.1),
            new Weather.Chance(null, Fault.of(Fault.Kind.EMPTY), 1));
  }

  @Test
  void writesWhatItReads() {
    var line =
        "latency=50ms,lag=2s,duplicate-window=0s,duplicate-override=off,duplicate-order-id=on,"
            + "refunds-apart=on,idempotency=off,key-life=2s,rate=100,keep-alive=1m,seed=7,"
            + "charge.twice=0.5:20ms,any.empty=1.0";

    assertThat(Weather.parse(line).text()).isEqualTo(line);
    assertThat(Weather.parse("")).isEqualTo(Weather.CALM);
    assertThat(Weather.parse(Weather.CALM.text())).isEqualTo(Weather.CALM);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reset-aftr=0.1      | reset-aftr is unknown. Settings: latency",
        "reset-after         | reset-after: expected NAME=VALUE",
        "reset-after=often   | reset-after: often is no probability",
        "reset-after=1.5     | reset-after: 1.5 is no probability",
        "reset-after=NaN     | reset-after: NaN is no probability",
        "twice=0.1:soon      | twice: soon is no duration",
        "latency=50          | latency: 50 is no duration",
        "idempotency=maybe   | idempotency: expected on or off",
        "rate=-1             | rate: -1 is no whole number",
        "reply-late=0.1      | reply-late: for how long?",
        "night.twice=0.1     | night.twice: expected charge, lookup",
      })
  void saysWhatIsWrong(String line, String message) {
    assertThatThrownBy(() -> Weather.parse(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void knowsEveryFaultByItsName() {
    for (var kind : Fault.Kind.values()) {
      assertThat(Fault.Kind.of(kind.text())).hasValue(kind);
    }
  }

  @Test
  void throwsTheDiceByKeyAndNotByOrder() {
    var weather = Weather.parse("reset-after=0.3,seed=7");
    var forwards = new ArrayList<Fault.Kind>();
    var backwards = new ArrayList<Fault.Kind>();
    var one = new Faults(weather);
    var other = new Faults(weather);
    for (int i = 0; i < 1000; i++) {
      forwards.add(one.choose(charge("SHOP-" + i + "-1")).kind());
      backwards.addFirst(other.choose(charge("SHOP-" + (999 - i) + "-1")).kind());
    }

    assertThat(forwards).isEqualTo(backwards);
    assertThat(struck(forwards)).isBetween(240L, 360L);
    var reseeded = new Faults(Weather.parse("reset-after=0.3,seed=8"));
    var again = new ArrayList<Fault.Kind>();
    for (int i = 0; i < 1000; i++) {
      again.add(reseeded.choose(charge("SHOP-" + i + "-1")).kind());
    }
    assertThat(again).isNotEqualTo(forwards);
  }

  @Test
  void throwsTheDiceAnewForARepeat() {
    var faults = new Faults(Weather.parse("reset-after=0.5"));
    var kinds = new ArrayList<Fault.Kind>();
    for (int i = 0; i < 100; i++) {
      kinds.add(faults.choose(charge("SHOP-1-1")).kind());
    }
    assertThat(struck(kinds)).isBetween(25L, 75L);
  }

  private static long struck(List<Fault.Kind> kinds) {
    return kinds.stream().filter(k -> k == Fault.Kind.RESET_AFTER).count();
  }

  @Test
  void followsTheScriptBeforeTheDice() {
    var faults = new Faults(Weather.parse("empty=1"));
    faults.next(Match.CHARGE.key("K-2"), Fault.of(Fault.Kind.TWICE));
    faults.next(Match.CHARGE.nth(2), Fault.of(Fault.Kind.DRIP));
    faults.next(Match.CHARGE.at("nmi"), Fault.of(Fault.Kind.HELD));
    faults.next(Match.CHARGE.key("K-3"), Fault.NONE, 2);

    assertThat(faults.choose(charge("K-1")).kind()).isEqualTo(Fault.Kind.EMPTY);
    assertThat(faults.choose(charge("K-2")).kind()).isEqualTo(Fault.Kind.TWICE);
    assertThat(faults.choose(charge("K-2")).kind()).isEqualTo(Fault.Kind.DRIP);
    assertThat(faults.choose(charge("K-2")).kind()).isEqualTo(Fault.Kind.EMPTY);
    assertThat(faults.choose(charge("K-3")).kind()).isEqualTo(Fault.Kind.NONE);
    assertThat(faults.choose(charge("K-3")).kind()).isEqualTo(Fault.Kind.NONE);
    assertThat(faults.choose(charge("K-3")).kind()).isEqualTo(Fault.Kind.EMPTY);
    faults.always(Match.ANY, Fault.of(Fault.Kind.DECLINE));
    assertThat(faults.choose(charge("K-3")).kind()).isEqualTo(Fault.Kind.DECLINE);
    assertThat(faults.choose(charge("K-3")).kind()).isEqualTo(Fault.Kind.DECLINE);
    faults.clear();
    assertThat(faults.choose(charge("K-3")).kind()).isEqualTo(Fault.Kind.EMPTY);
  }
}
