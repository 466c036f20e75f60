package billing.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Money;
import billing.rules.Finding;
import billing.run.ChargeReport;
import billing.run.ComparisonReport;
import billing.run.Curing;
import billing.run.Notify;
import billing.run.ReconcileReport;
import billing.store.Status;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What both {@code charge} and {@code reconcile} have to say at their end, and their twins. */
class ReportLinesTest {

  private static final Console CONSOLE =
      new Console(System.out, System.err, false, false, false, 80);

  private final Reports given = new Reports();

  @Test
  void aDoubtThatRemainsSaysFromWhenToAskAgain() {
    var horizon = Instant.parse("2026-11-24T01:37:10Z");
    given.doubts = List.of(doubt("SHOP-1-1", "1"), doubt("SHOP-2-1", "2"));
    given.askAgainFrom = Map.of(new ChargeKey("SHOP-1-1"), horizon);
    var report = given.charge(Finding.DOUBTS);

    for (var printed : List.of(printed(report), printed(reconciled(report)))) {
      assertThat(printed)
          .containsPattern("SENT AT +ASK AGAIN FROM +LAST ANSWER")
          .containsPattern("SHOP-1-1 .*01:00:04  2026-11-24 01:37:10 \\+00:00  timeout after 30s")
          .containsPattern("SHOP-2-1 .*01:00:04  now +timeout after 30s");
    }
    for (var json : List.of(json(report), json(reconciled(report)))) {
      assertThat(json.at("/doubts")).hasSize(2);
      assertThat(json.at("/doubts/0/ask_again_from").asText()).isEqualTo(horizon.toString());
      assertThat(json.at("/doubts/1/ask_again_from").isNull()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Finding.class,
      names = {"ACCOUNT_REFUSED", "APP_SQL", "DATABASE_BUSY", "DOUBTS", "GATEWAY_SILENT", "BUG"})
  void whoeverReconcilesIsNotToldToCharge(Finding finding) {
    var report = given.charge(finding);

    assertThat(printed(report)).containsPattern("try: .*billing charge");
    assertThat(printed(reconciled(report)))
        .containsPattern("try: .*billing reconcile")
        .doesNotContain("billing charge");
  }

  @Test
  void whatDoesNotHelpIsNotGivenAsTheNextCommandOfAReconcile() {
    var forgotten = reconciled(given.charge(Finding.FORGOTTEN));
    assertThat(printed(forgotten)).containsPattern("try: billing reconcile +once more; .*show");

    var since = "billing reconcile --since DATE        of the first charge under this prefix";
    var gap =
        new ReconcileReport(
            given.charge(Finding.WENT_BACK), 1, new Curing.Owed(Reports.AT, "a gap", since));
    assertThat(printed(gap)).contains("try: " + since + "\n");
    assertThat(json(gap).at("/error/try").asText()).isEqualTo(since);

    given.comparison = leftOut(LocalDate.of(2026, 11, 20));
    assertThat(printed(reconciled(given.charge(Finding.DOUBTS))))
        .contains("try: billing reconcile --since 2026-11-20        which shows what");
  }

  @Test
  void programsHearOfTheTroubleAndTheMail() {
    given.trouble = List.of("SHOP-1-1 could not be booked: Data too long");
    given.mail = new Notify.Result(3, 1, 2, "", 4, false);
    var report = given.charge();

    for (var json : List.of(json(report), json(reconciled(report)))) {
      assertThat(json.at("/trouble"))
          .hasToString("[\"SHOP-1-1 could not be booked: Data too long\"]");
      assertThat(json.at("/mail"))
          .hasToString(
              "{\"sent\":3,\"undeliverable\":1,\"later\":2,\"waiting\":4,\"server_down\":false}");
    }
    assertThat(printed(reconciled(report)))
        .contains("  mail        sent 3, undeliverable 1, tried again later 2, waiting 4\n");
  }

  @Test
  void theErrorOfARunThatDidNotEndWellIsTheMostSeriousThatItFound() {
    var report = given.charge(Finding.DOUBTS, Finding.GATEWAY_SILENT, Finding.PERSON_NEEDED);

    assertThat(json(report).at("/error")).isEqualTo(error("billing charge        later; it asks"));
    assertThat(json(reconciled(report)).at("/error"))
        .isEqualTo(error("billing reconcile        again; it asks"));
    assertThat(json(given.charge()).has("error")).isFalse();
    assertThat(json(reconciled(given.charge())).has("error")).isFalse();
  }

  private static ComparisonReport leftOut(LocalDate since) {
    return new ComparisonReport(
        Reports.AT,
        Reports.AT,
        0,
        1,
        false,
        since,
        List.of(),
        List.of(),
        List.of(),
        0,
        List.of(),
        0,
        0,
        0,
        Set.of(Finding.DOUBTS),
        List.of());
  }

  private static JsonNode error(String next) {
    var document = Json.document("any", ExitCode.GATEWAY);
    Json.error(
        document,
        ExitCode.GATEWAY,
        "the gateway left a whole window of requests unanswered",
        next + " about every doubt first");
    return document.get("error");
  }

  private static Status.Waiting doubt(String key, String invoice) {
    return new Status.Waiting(
        key,
        invoice,
        new Money(7900, Currency.of("USD").orElseThrow()),
        null,
        "timeout after 30s",
        Reports.AT);
  }

  private static ReconcileReport reconciled(ChargeReport run) {
    return new ReconcileReport(run, 1, new Curing.NotNeeded());
  }

  private static String printed(ChargeReport report) {
    return printed(new ChargeLines(CONSOLE, report, ZoneOffset.UTC)::print);
  }

  private static String printed(ReconcileReport report) {
    return printed(out -> new ReconcileLines(CONSOLE, ZoneOffset.UTC).print(out, report));
  }

  private static String printed(Consumer<PrintStream> lines) {
    var bytes = new ByteArrayOutputStream();
    lines.accept(new PrintStream(bytes, true, UTF_8));
    return bytes.toString(UTF_8);
  }

  private static JsonNode json(ChargeReport report) {
    return new ChargeLines(CONSOLE, report, ZoneOffset.UTC)
        .document(ExitCode.of(report.exitCode()));
  }

  private static JsonNode json(ReconcileReport report) {
    return new ReconcileLines(CONSOLE, ZoneOffset.UTC)
        .document(report, ExitCode.of(report.exitCode()));
  }
}
