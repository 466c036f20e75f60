package billing.run;

import billing.gateway.Inquiries;
import billing.model.Attempt;
import billing.model.Difference;
import billing.model.Forgotten;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotFound;
import billing.model.Listed;
import billing.model.Outcome;
import billing.model.Remembered;
import billing.rules.Comparison;
import billing.rules.Finding;
import billing.rules.Late;
import billing.store.Booked;
import billing.store.Bookings;
import billing.store.Comparisons;
import billing.store.DifferenceRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** What stood in the way of its adoption may be gone by now. */
  @Override
  public void noted(Collection<Forgotten> forgotten) {
    if (adopt != null) {
      forgotten.forEach(adopt);
    }
  }

  /** The listing may be older than a refund: what stands is asked before it is booked. */
  @Override
  public void late(Remembered ended, Listed listed) {
    if (adopt == null && ended.neverSent()) {
      tally.forgot(ended.key().value());
    } else {
      var found =
          new Questions(gateway).about(sent(ended.attempt(), listed.at()), listed.transactionId());
      if (!settles(ended, found)) {
        differs(List.of(Comparison.mayStand(listed, ended)));
      }
    }
  }

  @Override
  public void notBooked(Map<Remembered, DifferenceRow> refused) {
    var outcomes = new ArrayList<Outcome>();
    refused.forEach((ended, difference) -> {
      // Else it was tried by this run.
      if (difference.runNo() != run) {
        var found = gateway.find(ended.attempt(), false);
        var late = Late.of(ended.attempt(), found);
        differs(late.differences());
        late.outcome(found).ifPresent(outcomes::add);
        if (late.outcome(found).isEmpty() && late.clear() && !isNothing(found)) {
          gone(Set.of(difference.id()));
        }
      }
    });
    tell(bookings.bookAgain(outcomes));
  }

  /** False where what there is under its key may still stand, and is neither booked nor told. */
  private boolean settles(Remembered ended, List<GatewayReply> found) {
    var late = Late.of(ended.attempt(), found);
    differs(late.differences());
    var outcome = late.outcome(found);
    if (outcome.isPresent()) {
      tell(bookings.book(List.of(outcome.get())));
      return true;
    }
    if (!isNothing(found) && (late.clear() || !late.differences().isEmpty())) {
      return true;
    }
    if (isNothing(found) || found.stream().anyMatch(GatewayReply::isNoAnswer)) {
      tally.unsure();
      tally.finding(Finding.DOUBTS);
      tally.trouble(ended.key() + " may be approved late, and the gateway does not say more");
    }
    return false;
  }

  /** It was shown before, so that nothing of it is found now proves nothing. */
  private static boolean isNothing(List<GatewayReply> found) {
    return found.stream().allMatch(NotFound.class::isInstance);
  }

  /** One that we take for unsent was sent when the gateway says: its lookup begins there. */
  private static Attempt sent(Attempt a, Instant at) {
    return a.firstSentAt() != null ? a : a.sentAt(at);
  }

  private void tell(Booked booked) {
    tally.differs(booked.differences(), booked.differences().size());
    booked.notBookable().forEach((key, why) -> tally.trouble(key + " could not be booked: " + why));
    if (booked.schemaAtFault()) {
      tally.finding(Finding.APP_SQL);
    }
    booked.booked().forEach(key -> tally.late());
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
