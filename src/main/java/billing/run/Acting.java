package billing.run;

import billing.gateway.Inquiries;
import billing.model.Attempt;
import billing.model.Difference;
import billing.model.Forgotten;
import billing.model.Listed;
import billing.model.Outcome;
import billing.model.Remembered;
import billing.rules.Finding;
import billing.rules.Late;
import billing.store.Bookings;
import billing.store.Comparisons;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes what a comparison finds: differences, and late approvals into the books. */
final class Acting implements Consequences {

  private final Inquiries gateway;
  private final Comparisons books;
  private final Bookings bookings;
  private final @Nullable Consumer<Forgotten> adopt;
  private final long run;
  private final Tally tally;

  /**
   * What one run does.
   *
   * @param adopt what becomes of what the database forgot; null: it ends the run
   */
  Acting(
      Inquiries gateway,
      Comparisons books,
      Bookings bookings,
      @Nullable Consumer<Forgotten> adopt,
      long run,
      Tally tally) {
    this.gateway = gateway;
    this.books = books;
    this.bookings = bookings;
    this.adopt = adopt;
    this.run = run;
    this.tally = tally;
  }

  @Override
  public void forgot(Collection<Forgotten> forgotten) {
    for (var one : forgotten) {
      if (adopt == null) {
        tally.forgot(Looking.name(one));
      } else {
        adopt.accept(one);
      }
    }
  }

  /** The listing may be older than a refund: what stands is asked before it is booked. */
  @Override
  public void late(Remembered ended, Listed listed) {
    if (adopt == null && ended.neverSent()) {
      tally.forgot(ended.key().value());
    } else {
      book(ended, listed);
    }
  }

  private void book(Remembered ended, Listed listed) {
    var found = gateway.find(sent(ended.attempt(), listed.at()), false);
    var late = Late.of(ended.attempt(), found);
    differs(late.differences());
    var outcome = late.outcome(found);
    if (outcome.isPresent()) {
      book(outcome.get());
    } else if (late.differences().isEmpty() && !late.clear()) {
      tally.finding(Finding.DOUBTS);
      tally.trouble(ended.key() + " seems to be approved late, and the gateway does not say more");
    }
  }

  /** One that we take for unsent was sent when the gateway says: its lookup begins there. */
  private static Attempt sent(Attempt a, Instant at) {
    return a.firstSentAt() != null ? a : a.sentAt(at);
  }

  private void book(Outcome outcome) {
    var booked = bookings.book(List.of(outcome));
    tally.differs(booked.differences(), booked.differences().size());
    booked.notBookable().forEach((key, why) -> tally.trouble(key + " could not be booked: " + why));
    if (booked.schemaAtFault()) {
      tally.finding(Finding.APP_SQL);
    }
    if (!booked.booked().isEmpty()) {
      tally.late();
    }
  }

  @Override
  public void differs(Collection<Difference> differences) {
    if (!differences.isEmpty()) {
      tally.differs(differences, books.open(differences, run).size());
    }
  }

  @Override
  public void fits(Collection<String> transactions, Collection<String> keys) {
    if (!transactions.isEmpty() || !keys.isEmpty()) {
      tally.closed(books.fits(transactions, keys, run));
    }
  }

  @Override
  public void gone(Collection<Long> differences) {
    books.gone(differences, run);
    tally.closed(differences.size());
  }
}
