package billing.run;

import billing.model.Currency;
import billing.model.Timings;
import billing.rules.AttemptRules;
import billing.rules.Horizon;
import billing.rules.RetrySchedule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator has set for a run.
 *
 * @param prefix begins every charge key
 * @param zone the business's, in which a date begins
 * @param retryDays days after the first decline
 * @param maxAmounts per invoice, in minor units by currency
 * @param maxTotals for all that is claimed for one date, in minor units by currency
 * @param maxDeclines per cent of a run's outcomes
 * @param cutoverDays how far the first comparison with an account's listing looks back
 * @param concurrency requests at the gateway at once
 * @param rate requests a second; 0: no limit
 * @param exchangeDeadline the deadline of one exchange
 * @param appSql the directory of the app's SQL; null: the bundled files
 * @param stateDir where the witness is
 * @param host this machine, as it identifies itself
 */
public record ChargeSettings(
    String prefix,
    ZoneId zone,
    List<Integer> retryDays,
    Map<Currency, Long> maxAmounts,
    Map<Currency, Long> maxTotals,
    int maxDeclines,
    int maxDoubts,
    @Nullable Duration stopAfter,
    int cutoverDays,
    Duration recoveryWait,
    int concurrency,
    int rate,
    Duration exchangeDeadline,
    @Nullable Path appSql,
    Path stateDir,
    String host) {

  /** When a send to this gateway can no longer take effect unseen. */
  Horizon horizon(Timings timings) {
    return Horizon.of(timings, exchangeDeadline);
  }

  /** What follows from this gateway's answers. */
  AttemptRules rules(Timings timings) {
    return new AttemptRules(timings, horizon(timings), new RetrySchedule(retryDays));
  }
}
