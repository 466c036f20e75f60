package billing.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.cli.Table.Align;
import billing.model.Currency;
import billing.model.Money;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputTest {

  @Test
  void amountsStandOnTheirDecimalPoints() {
    var table =
        new Table(Align.LEFT, Align.RIGHT, Align.POINT, Align.LEFT)
            .row("charged", "187", amount("USD", 1_487_350), "")
            .row("", "12", amount("JPY", 1_000_000), "yen")
            .row("declined", "9", amount("KWD", -5), "next try");
    assertThat(table.lines("  "))
        .containsExactly(
            "  charged   187     14,873.50  USD".replace("  USD", "  USD"),
            "             12  1,000,000     JPY  yen",
            "  declined    9         -0.005 KWD  next try");
  }

  @Test
  void aRowHasACellForEachColumn() {
    assertThatThrownBy(() -> new Table(Align.LEFT).row("a", "b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCustomersNameCannotSteerTheTerminal() {
    assertThat(new Table(Align.LEFT).row("a\u001b[2Jb\u202ec\nd").lines(""))
        .containsExactly("a?[2Jb?c?d");
  }

  @ParameterizedTest
  @CsvSource({"0,0s,0 seconds", "1,1s,1 second", "98,1m 38s,98 seconds", "7500,2h 05m,2 hours"})
  void durationsAreReadAtAGlance(long seconds, String span, String age) {
    assertThat(Moments.span(Duration.ofSeconds(seconds))).isEqualTo(span);
    assertThat(Moments.age(Duration.ofSeconds(seconds))).isEqualTo(age);
  }

  @Test
  void timesAreShownWithTheirOffset() {
    var moment = Instant.parse("2026-11-23T01:00:04.9Z");
    assertThat(Moments.stamp(moment, ZoneId.of("Europe/Berlin")))
        .isEqualTo("2026-11-23 02:00:04 +01:00");
    assertThat(Moments.stamp(moment, ZoneId.of("UTC"))).isEqualTo("2026-11-23 01:00:04 +00:00");
    assertThat(Moments.clock(moment, ZoneId.of("Europe/Berlin"))).isEqualTo("02:00:04");
  }

  @Test
  void progressIsDrawnOnATerminalAlone() {
    assertThat(progress(true, false)).isEqualTo("\r\u001b[K96/240\r\u001b[K");
    assertThat(progress(true, true)).isEmpty();
    assertThat(progress(false, false)).isEmpty();
  }

  @Test
  void amountsForProgramsAreTextAndMinorUnits() {
    var yen = Json.put(Json.document("charge", ExitCode.DOUBT), money("JPY", 5000));
    assertThat(yen)
        .hasToString(
            "{\"schema\":1,\"command\":\"charge\",\"exit\":3,\"currency\":\"JPY\",\"amount\":\"5000\","
                + "\"minor\":5000}");
    assertThat(Json.put(Json.document("charge", ExitCode.DONE), money("USD", 5)).toString())
        .contains("\"amount\":\"0.05\",\"minor\":5");
  }

  private static String progress(boolean terminal, boolean quiet) {
    var bytes = new ByteArrayOutputStream();
    var stream = new PrintStream(bytes, true, UTF_8);
    var console = new Console(stream, stream, terminal, terminal, false, 80);
    try (var line = new ProgressLine(console, quiet)) {
      line.show("96/240");
    }
    return bytes.toString(UTF_8);
  }

  private static Money money(String currency, long minor) {
    return new Money(minor, Currency.of(currency).orElseThrow());
  }

  private static String amount(String currency, long minor) {
    return Amounts.text(money(currency, minor));
  }
}
