package billing.run;

import billing.gateway.Inquiries;
import billing.model.Currency;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotFound;
import billing.model.Remembered;
import billing.rules.AttemptRules;
import billing.rules.Compared;
import billing.rules.Comparison;
import billing.rules.ElsewhereRules;
import billing.rules.Finding;
import billing.rules.Limits;
import billing.store.Comparisons;
import billing.store.DifferenceRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The other direction: what was booked here is looked for at the gateway and in the app's books,
 * and what stands open from before is looked at again. For one thread.
 */
final class SettledSide {

  private final Inquiries gateway;
  private final Pace pace;
  private final Comparisons books;
  private final Comparison rules;
  private final AttemptRules attempts;
  private final Consequences then;
  private final Tally tally;
  private final Persistence patience;
  private int asked;

  SettledSide(
      Inquiries gateway,
      Pace pace,
      Comparisons books,
      Comparison rules,
      AttemptRules attempts,
      Consequences then,
      Tally tally,
      Persistence patience) {
    this.gateway = gateway;
    this.pace = pace;
    this.books = books;
    this.rules = rules;
    this.attempts = attempts;
    this.then = then;
    this.tally = tally;
    this.patience = patience;
  }

  /**
   * Everything that was booked in the period.
   *
   * @param seen whether the listing has shown it
   * @param now the database's time
   * @return whether all that was not seen could be looked up
   */
  boolean look(Instant from, Instant until, Predicate<Remembered> seen, Instant now)
      throws InterruptedException {
    var after = from;
    var afterId = 0L;
    var unclear = new Unclear();
    while (true) {
      var page = books.settled(after, afterId, until, Limits.PAGE);
      then.differs(unbooked(page));
      for (var one : page) {
        if (!seen.test(one) && !isOlder(one, from) && !lookUp(one, now)) {
          unclear.add(one);
        }
      }
      if (page.size() < Limits.PAGE) {
        break;
      }
      afterId = page.getLast().id();
      var last = page.getLast().settledAt();
      after = last == null ? after : last;
    }
    if (patience.stop() == null && !unclear.isEmpty()) {
      // Too many to be asked about one by one: no repetition asks about them.
      var since = asked >= Limits.UNSEEN ? unclear.since() : null;
      tally.finding(Finding.DOUBTS);
      tally.trouble(unclear.why(since));
      tally.since(since);
    }
    return unclear.isEmpty();
  }

  /**
   * Whether it was charged before the listing begins, and only booked since: no listing of that
   * period can show it, and what it was booked on was the gateway's word about that very charge.
   */
  private boolean isOlder(Remembered one, Instant from) {
    var sent = one.attempt().lastSentAt();
    if (sent == null) {
      return false;
    }
    // An adopted one that was not sent since bears the time of the gateway's own record.
    var charged = one.adopted() && one.attempt().sendNo() == 1 ? sent : attempts.horizonFrom(sent);
    return charged.isBefore(from);
  }

  private List<Difference> unbooked(List<Remembered> page) {
    var inBooks = books.inBooks(transactions(page));
    return page.stream()
        .filter(one -> !inBooks.contains(one.attempt().transactionId()))
        .map(Comparison::unbooked)
        .toList();
  }

  /** False where the gateway did not say. */
  private boolean lookUp(Remembered one, Instant now) throws InterruptedException {
    if (asked >= Limits.UNSEEN || patience.isOver()) {
      return false;
    }
    asked++;
    pace.await();
    // Asked for by the transaction that we know, a gateway without it has no answer at all.
    var found = gateway.find(one.asSent().withoutTransaction(), false);
    patience.heard(found);
    if (one.adopted() && found.stream().allMatch(NotFound.class::isInstance)) {
      // What a person named as its payment need not bear our key.
      var currency = one.attempt().order().amount().currency();
      found = List.of(look(String.valueOf(one.attempt().transactionId()), currency));
    }
    switch (judge(one, found, now)) {
      case Compared.Differs(var difference) -> then.differs(List.of(difference));
      case Compared.Fits() -> then.fits(transactions(List.of(one)), Set.of(one.key().value()));
      case Compared.Nothing n -> {}
      case Compared.Noted n -> {}
      case Compared.Elsewhere e -> {}
      case Compared.Forgot f -> {}
      case Compared.Late l -> {}
      case Compared.Foreign f -> {}
    }
    return !GatewayReply.isUnanswered(found);
  }

  private GatewayReply look(String transactionId, @Nullable Currency currency)
      throws InterruptedException {
    pace.await();
    var reply = gateway.look(transactionId, currency);
    patience.heard(List.of(reply));
    return reply;
  }

  private Compared judge(Remembered one, List<GatewayReply> found, Instant now) {
    var sent = one.attempt().lastSentAt();
    // Booked by a run under which the database went back: it knows of no send, but that it was.
    var last = sent == null ? one.settledAt() : sent;
    return rules.judge(one, found, last != null && attempts.horizonFrom(last).isBefore(now));
  }

  /** What is open from before, and may have gone away by itself. */
  void lookAgain(Instant now) throws InterruptedException {
    patience.afresh();
    var kinds =
        Set.of(
            DifferenceKind.UNBOOKED,
            DifferenceKind.UNKNOWN_THERE,
            DifferenceKind.CHARGED_ELSEWHERE,
            DifferenceKind.NOT_BOOKABLE);
    var after = 0L;
    while (true) {
      var page = books.open(kinds, after, Limits.PAGE);
      var byKind = page.stream().collect(Collectors.groupingBy(row -> row.difference().kind()));
      then.gone(booked(byKind.getOrDefault(DifferenceKind.UNBOOKED, List.of())));
      var elsewhere = byKind.getOrDefault(DifferenceKind.CHARGED_ELSEWHERE, List.of());
      var entered = entered(elsewhere);
      then.gone(entered);
      then.gone(paidNothing(elsewhere, Set.copyOf(entered), now));
      for (var row : byKind.getOrDefault(DifferenceKind.UNKNOWN_THERE, List.of())) {
        for (var one : books.known(Set.of(), Set.of(row.difference().subject()), Set.of())) {
          lookUp(one, now);
        }
      }
      then.notBooked(
          refused(byKind.getOrDefault(DifferenceKind.NOT_BOOKABLE, List.of())), patience);
      if (page.size() < Limits.PAGE) {
        return;
      }
      after = page.getLast().id();
    }
  }

  /** A late approval leaves the listing's period, and no recovery looks up its attempt. */
  private Map<Remembered, DifferenceRow> refused(List<DifferenceRow> rows) {
    var byKey = new HashMap<String, DifferenceRow>();
    rows.forEach(row -> byKey.put(row.difference().subject(), row));
    var refused = new HashMap<Remembered, DifferenceRow>();
    if (!byKey.isEmpty()) {
      for (var one : books.known(Set.of(), byKey.keySet(), Set.of())) {
        var row = byKey.get(one.key().value());
        if (row != null && isLate(one)) {
          refused.put(one, row);
        }
      }
    }
    return refused;
  }

  /** One that was never sent as far as we know has no room for an approval in its sends. */
  private static boolean isLate(Remembered one) {
    return switch (one.attempt().state()) {
      case PENDING -> one.attempt().sends().approved();
      case DECLINED, CANCELLED -> one.attempt().sends().approved() || one.neverSent();
      case SENT, REVIEW, SETTLED -> false;
    };
  }

  private List<Long> booked(List<DifferenceRow> rows) {
    Map<String, Long> byKey = new HashMap<>();
    rows.forEach(row -> byKey.put(row.difference().subject(), row.id()));
    if (byKey.isEmpty()) {
      return List.of();
    }
    var attempts = books.known(Set.of(), byKey.keySet(), Set.of());
    var inBooks = books.inBooks(transactions(attempts));
    var gone = new ArrayList<Long>();
    for (var one : attempts) {
      var id = byKey.get(one.key().value());
      if (id != null && inBooks.contains(one.attempt().transactionId())) {
        gone.add(id);
      }
    }
    return gone;
  }

  /**
   * The app has booked the charge since. That its invoice is not due closes nothing: it may be due
   * again tomorrow, and by then no listing shows the charge.
   */
  private List<Long> entered(List<DifferenceRow> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    var inBooks = books.inBooks(rows.stream().map(SettledSide::transaction).toList());
    return rows.stream()
        .filter(row -> inBooks.contains(transaction(row)))
        .map(DifferenceRow::id)
        .toList();
  }

  /** A bank debit that failed after days is in no listing any more. */
  private List<Long> paidNothing(List<DifferenceRow> rows, Set<Long> entered, Instant now)
      throws InterruptedException {
    var byTransaction =
        rows.stream()
            .filter(row -> !entered.contains(row.id()))
            .collect(Collectors.groupingBy(SettledSide::transaction));
    var gone = new ArrayList<Long>();
    for (var about : byTransaction.entrySet()) {
      if (asked >= Limits.UNSEEN || patience.isOver()) {
        break;
      }
      asked++;
      if (ElsewhereRules.paidNothing(look(about.getKey(), null), now)) {
        about.getValue().forEach(row -> gone.add(row.id()));
      }
    }
    return gone;
  }

  private static String transaction(DifferenceRow row) {
    return ElsewhereRules.transaction(row.difference().subject());
  }

  private static Set<String> transactions(List<Remembered> attempts) {
    var transactions = new HashSet<String>();
    for (var one : attempts) {
      var id = one.attempt().transactionId();
      if (id != null) {
        transactions.add(id);
      }
    }
    return transactions;
  }
}
