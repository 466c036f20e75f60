package billing.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import billing.rules.Finding;
import billing.run.ChargeReport;
import billing.store.Leftovers.Left;
import billing.store.Leftovers.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingLinesTest {

  private static final Instant AT = Reports.AT;

  @Test
  void aRunThatLeavesDueInvoicesNamesThemAndIsNotDone() {
    var left =
        new Left(
            3,
            1,
            List.of(
                new Waiting("SHOP-3-1", "3", AT, "another session keeps its invoice locked"),
                new Waiting("SHOP-1-1", "1", null, null)));

    assertThat(printed(left, Finding.DATABASE_BUSY, Finding.WAITING))
        .contains("! 3 due invoices not charged yet and waiting, kept locked by the app: 1:")
        .containsPattern("3 +SHOP-3-1 +01:00:04 +another session keeps its invoice locked")
        .containsPattern("1 +SHOP-1-1 +its turn did not come")
        .contains("and 1 more")
        .contains("Not finished: the app keeps rows locked that the run needs; due invoices wait")
        .contains("(exit 7)")
        .doesNotContain("accounted for");
    assertThat(lines(report(left, Finding.WAITING)).document(ExitCode.DOUBT).at("/waiting"))
        .hasToString(
            "{\"count\":3,\"locked\":1,\"first\":[{\"invoice\":\"3\",\"key\":\"SHOP-3-1\","
                + "\"not_before\":\"2026-11-23T01:00:04Z\",\"why\":\"another session keeps its"
                + " invoice locked\"},{\"invoice\":\"1\",\"key\":\"SHOP-1-1\",\"not_before\":null,"
                + "\"why\":null}]}");
  }

  @Test
  void oneThatLeavesNoneSaysNothingOfIt() {
    assertThat(printed(new Left(0, 0, List.of()))).doesNotContain("waiting");
  }

  private static String printed(Left left, Finding... findings) {
    var bytes = new ByteArrayOutputStream();
    lines(report(left, findings)).print(new PrintStream(bytes, true, UTF_8));
    return bytes.toString(UTF_8);
  }

  private static ChargeLines lines(ChargeReport report) {
    return new ChargeLines(
        new Console(System.out, System.err, false, false, false, 80), report, ZoneOffset.UTC);
  }

  private static ChargeReport report(Left left, Finding... findings) {
    var given = new Reports();
    given.left = left;
    return given.charge(findings);
  }
}
