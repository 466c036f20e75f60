package billing.cli;

import billing.model.ChargeKey;
import billing.rules.Finding;
import billing.run.ChargeReport;
import billing.run.ComparisonReport;
import billing.run.Notify;
import billing.store.Leftovers.Left;
import billing.store.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reports of runs that did nothing but what a test gives. */
final class Reports {

  static final Instant AT = Instant.parse("2026-11-23T01:00:04Z");

  List<Status.Waiting> doubts = List.of();
  Map<ChargeKey, Instant> askAgainFrom = Map.of();
  @Nullable ComparisonReport comparison;
  @Nullable Left left;
  Notify.@Nullable Result mail;
  List<String> trouble = List.of();

  ChargeReport charge(Finding... findings) {
    return new ChargeReport(
        7,
        "app1",
        LocalDate.of(2026, 11, 23),
        AT,
        Duration.ofSeconds(1),
        List.of(),
        Map.of(),
        Set.of(),
        0,
        0,
        null,
        doubts,
        askAgainFrom,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        comparison,
        left,
        mail,
        trouble,
        Set.of(findings));
  }
}
