package billing.run;

import billing.gateway.Inquiries;
import billing.model.Decision.Settle;
import billing.model.Difference;
import billing.model.Forgotten;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotFound;
import billing.model.Lead;
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
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes what a comparison finds: differences, and late approvals into the books. */
final class Acting implements Consequences {

  /** What a reconciliation does about what the database forgot. */
  interface Remembering {

    /** Whether it is for a later listing, since this one may not show all that was forgotten. */
    boolean waitsWith(String name);

    void adopt(Forgotten forgotten);

    /** Before a late approval is booked of what the database takes for never sent. */
    void aSend();
  }

  private final Inquiries gateway;
  private final Comparisons books;
  private final Bookings bookings;
  private final @Nullable Remembering remembering;
  private final LocalDate today;
  private final long run;
  private final Tally tally;

  /**
   * What one run does.
   *
   * @param remembering what becomes of what the database forgot; null: it ends the run
   * @param today on which an invoice is due, in the business's time zone
   */
  Acting(
      Inquiries gateway,
      Comparisons books,
      Bookings bookings,
      @Nullable Remembering remembering,
      LocalDate today,
      long run,
      Tally tally) {
    this.gateway = gateway;
    this.books = books;
    this.bookings = bookings;
    this.remembering = remembering;
    this.today = today;
    this.run = run;
    this.tally = tally;
  }

  @Override
  public void forgot(Collection<Forgotten> forgotten) {
    for (var one : forgotten) {
      if (remembering == null) {
        tally.forgot(Looking.name(one));
      } else if (!remembering.waitsWith(Looking.name(one))) {
        remembering.adopt(one);
      }
    }
  }

  /** What stood in the way of its adoption may be gone by now. Whose it is, a due invoice tells. */
  @Override
  public void noted(Collection<Forgotten> forgotten) {
    var invoices =
        forgotten.stream()
            .map(Forgotten::lead)
            .filter(Objects::nonNull)
            .map(Lead::invoiceId)
            .toList();
    if (remembering != null && !invoices.isEmpty()) {
      var due = books.stillDue(invoices, today);
      forgotten.stream()
          .filter(one -> one.lead() != null && due.contains(one.lead().invoiceId()))
          .forEach(remembering::adopt);
    }
  }

  /** The listing may be older than a refund: what stands is asked before it is booked. */
  @Override
  public void late(Remembered ended, Listed listed, Persistence patience) {
    var forgotten = ended.neverSent();
    if (remembering == null && forgotten) {
      tally.forgot(ended.key().value());
    } else if (remembering != null && forgotten && remembering.waitsWith(ended.key().value())) {
      // Booked by the listing that shows the others, too.
      return;
    } else if (!patience.isOver()) {
      var found =
          new Questions(gateway).about(ended.attempt().asSent(listed.at()), listed.transactionId());
      patience.heard(found);
      if (!settles(ended, found)) {
        differs(List.of(Comparison.mayStand(listed, ended)));
      }
    } else if (patience.stop() == null) {
      unanswered(ended);
      differs(List.of(Comparison.mayStand(listed, ended)));
    } else {
      // Nothing is sent after a stop, and the next comparison sees it again.
      tally.unsure();
    }
  }

  @Override
  public void notBooked(Map<Remembered, DifferenceRow> refused, Persistence patience) {
    var outcomes = new ArrayList<Outcome>();
    refused.forEach((ended, difference) -> {
      // Else it was tried by this run. What is not asked about stays open, and blocks its invoice.
      if (difference.runNo() != run && !patience.isOver() && mayBook(ended)) {
        var found = gateway.find(ended.asSent(), false);
        patience.heard(found);
        var late = Late.of(ended.attempt(), found);
        differs(late.differences());
        late.outcome(found)
            .ifPresent(outcome -> {
              outcomes.add(outcome);
              beforeBooking(ended);
            });
        if (late.isGivenBack()) {
          gone(Set.of(difference.id()));
        }
      }
    });
    tell(bookings.bookAgain(outcomes), outcomes);
  }

  /** False where what there is under its key may still stand, and is neither booked nor told. */
  private boolean settles(Remembered ended, List<GatewayReply> found) {
    var late = Late.of(ended.attempt(), found);
    differs(late.differences());
    var outcome = late.outcome(found);
    if (outcome.isPresent()) {
      beforeBooking(ended);
      tell(bookings.book(List.of(outcome.get())), List.of(outcome.get()));
      return true;
    }
    if (!isMissing(found) && (late.clear() || !late.differences().isEmpty())) {
      return true;
    }
    if (isMissing(found) || GatewayReply.isUnanswered(found)) {
      unanswered(ended);
    }
    return false;
  }

  /**
   * What the database takes for never sent it has forgotten: a reconciliation remembers it, and did
   * wait for all that was forgotten with it before it found that the app refuses this one.
   */
  private boolean mayBook(Remembered ended) {
    return !ended.neverSent() || remembering != null;
  }

  private void beforeBooking(Remembered ended) {
    if (remembering != null && ended.neverSent()) {
      remembering.aSend();
    }
  }

  private void unanswered(Remembered ended) {
    tally.unsure();
    tally.finding(Finding.DOUBTS);
    tally.trouble(ended.key() + " may be approved late, and the gateway does not say more");
  }

  /** It was shown before, so that it is not found now proves nothing. */
  private static boolean isMissing(List<GatewayReply> found) {
    return found.stream().anyMatch(NotFound.class::isInstance);
  }

  private void tell(Booked booked, List<Outcome> outcomes) {
    tally.differs(booked.differences(), booked.differences().size());
    booked.notBookable().forEach((key, why) -> tally.trouble(key + " could not be booked: " + why));
    if (booked.schemaAtFault()) {
      tally.finding(Finding.APP_SQL);
    }
    for (var outcome : outcomes) {
      if (booked.booked().contains(outcome.key())
          && outcome.decision() instanceof Settle(var transactionId, var taken)) {
        tally.late();
        fits(Set.of(transactionId), Set.of(outcome.key().value()));
      }
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
