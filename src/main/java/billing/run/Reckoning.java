package billing.run;

import billing.gateway.Inquiries;
import billing.rules.AttemptRules;
import billing.rules.Comparison;
import billing.rules.Finding;
import billing.rules.Horizon;
import billing.run.ListingWalk.Ending;
import billing.store.AppSql;
import billing.store.Comparisons;
import billing.store.Database;
import billing.store.Installation;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The comparison of the gateway with the books, both ways. It is given all that it looks at, and
 * what it found is a value; what follows from that is written on the way, see {@link Consequences}.
 */
final class Reckoning {

  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

  /**
   * What a listing left out of sight.
   *
   * @param next the command whose listing does not
   */
  record Gap(String why, String next) {}

  private final Inquiries gateway;
  private final Pace pace;
  private final Comparisons books;
  private final Comparison rules;
  private final AttemptRules attempts;
  private final Horizon horizon;
  private final Duration firstLook;
  private final Supplier<Instant> clock;
  private final Supplier<@Nullable Finding> stopped;
  private final ListingWalk walk;

  /** When the latest comparison began; the second look reads it on a thread of its own. */
  private volatile @Nullable Instant listed;

  /**
   * A comparison of one account.
   *
   * @param firstLook how far the first comparison of an account looks back
   * @param clock the database's time
   * @param stopped what ends the command from outside; null: nothing yet
   */
  Reckoning(
      Inquiries gateway,
      Pace pace,
      Comparisons books,
      Comparison rules,
      AttemptRules attempts,
      Horizon horizon,
      Duration firstLook,
      Supplier<Instant> clock,
      Supplier<@Nullable Finding> stopped) {
    this.gateway = gateway;
    this.pace = pace;
    this.books = books;
    this.rules = rules;
    this.attempts = attempts;
    this.horizon = horizon;
    this.firstLook = firstLook;
    this.clock = clock;
    this.stopped = stopped;
    this.walk = new ListingWalk(gateway, pace, BETWEEN_TRIES, stopped);
  }

  /**
   * For one run, whose database and settings these are.
   *
   * @param pace shared with all else that asks the gateway meanwhile
   */
  static Reckoning of(
      Database database,
      AppSql app,
      Inquiries gateway,
      Pace pace,
      ChargeSettings settings,
      Installation installation,
      Supplier<Instant> clock,
      Supplier<@Nullable Finding> stopped) {
    return new Reckoning(
        gateway,
        pace,
        new Comparisons(database, app, installation.account(), installation.id()),
        new Comparison(installation.prefix(), installation.id()),
        settings.rules(gateway.timings()),
        settings.horizon(gateway.timings()),
        Duration.ofDays(settings.cutoverDays()),
        clock,
        stopped);
  }

  Comparisons books() {
    return books;
  }

  /**
   * From when a listing leaves no gap: the start of the last complete one, or else the enrolment,
   * less the longest time that a send may take until it is seen.
   */
  Instant gapless() {
    return books
        .watermark()
        .map(watermark -> watermark.minus(horizon.longest()))
        .orElseGet(this::fromTheBeginning);
  }

  private Instant fromTheBeginning() {
    var firstNight = clock.get().minus(firstLook);
    return books
        .enrolled()
        .map(enrolled -> enrolled.minus(horizon.longest()))
        .filter(enrolled -> enrolled.isBefore(firstNight))
        .orElse(firstNight);
  }

  /**
   * What a listing left out of sight; null: nothing.
   *
   * @param since from when a person wanted it; null: he left that to us
   * @param lastSend the last one that a witness knows of; null: none does
   */
  @Nullable Gap gap(
      ComparisonReport compared, @Nullable Instant since, @Nullable Instant lastSend) {
    if (lastSend != null && hasLostItsBeginning(lastSend)) {
      return since != null
          ? null
          : new Gap(
              "the database has lost since when it charges: billing reconcile --since DATE, of the"
                  + " first charge under this prefix",
              "billing reconcile --since DATE        of the first charge under this prefix");
    }
    var gapless = gapless();
    return compared.from().isAfter(gapless)
        ? new Gap(
            "it was listed since %s only, and the last complete listing leaves open what was made from"
                    .formatted(compared.from().truncatedTo(ChronoUnit.SECONDS))
                + " %s on: billing reconcile without --since, or with one that is earlier than that"
                    .formatted(gapless.truncatedTo(ChronoUnit.SECONDS)),
            "billing reconcile        without --since, which leaves nothing out")
        : null;
  }

  /** A send is older than the enrolment. */
  private boolean hasLostItsBeginning(Instant lastSend) {
    return books.watermark().isEmpty()
        && books.enrolled().filter(enrolled -> enrolled.isAfter(lastSend)).isPresent();
  }

  /** From when it is listed where a person wants that; null: he leaves it to us. */
  Instant from(@Nullable Instant since) {
    return since == null ? gapless() : since;
  }

  /**
   * Both directions over one period.
   *
   * @param since null: since the last complete listing
   * @param today what is due then, or soon, may have been charged elsewhere
   */
  ComparisonReport compare(@Nullable Instant since, LocalDate today, Consequences then, Tally tally)
      throws InterruptedException {
    var begun = clock.get();
    listed = begun;
    var from = from(since);
    var patience = new Persistence(stopped);
    var comparing = new Comparing(walk, books, rules, then, tally, patience);
    return switch (comparing.list(from, until(begun), today)) {
      case Ending.Cut(var finding, var why) -> {
        tally.finding(finding);
        tally.trouble(why);
        yield tally.report(from, begun, 0, 0, false);
      }
      case Ending.Whole(var transactions, var pages) -> {
        var settled = new SettledSide(gateway, pace, books, rules, attempts, then, tally, patience);
        var sure = settled.look(from, begun, comparing::wasSeen, clock.get());
        settled.lookAgain(clock.get());
        var stop = patience.stop();
        if (stop != null) {
          tally.finding(stop);
          tally.trouble(stop.text());
        }
        yield tally.report(from, begun, transactions, pages, sure && stop == null);
      }
    };
  }

  /**
   * What can have come into sight since the comparison began: whether somebody charges for us of
   * whom the database does not know.
   */
  ComparisonReport glance(Consequences then, Tally tally) throws InterruptedException {
    var begun = clock.get();
    var from = unseenBefore(begun);
    var comparing = new Comparing(walk, books, rules, then, tally, new Persistence(stopped));
    return switch (comparing.glance(from, until(begun))) {
      case Ending.Cut(var finding, var why) -> {
        tally.trouble(why);
        yield tally.report(from, begun, 0, 0, false);
      }
      case Ending.Whole(var transactions, var pages) ->
          tally.report(from, begun, transactions, pages, true);
    };
  }

  private Instant unseenBefore(Instant now) {
    var before = listed;
    var timings = gateway.timings();
    return before == null
        ? now.minus(horizon.longest())
        : before.minus(timings.lookupLag()).minus(timings.clockSkew());
  }

  /**
   * The next comparison may begin where this one did, if it was complete, left no gap, and nothing
   * is left of which the database does not know: else that would be out of sight by then.
   */
  void keep(ComparisonReport report, long run) {
    if (report.complete() && report.endsSending() == null && !report.from().isAfter(gapless())) {
      books.listed(run, report.from(), report.until(), report.transactions());
    }
  }

  /** What is made while we list is ours to see, however the clocks go. */
  private Instant until(Instant begun) {
    return begun.plus(gateway.timings().clockSkew()).plusSeconds(1);
  }
}
