package billing.run;

import billing.gateway.Permit;
import billing.model.Admission;
import billing.model.Admission.Reason;
import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.Fence;
import billing.model.Invoice;
import billing.model.Past;
import billing.rules.Effect;
import billing.rules.Eligibility;
import billing.rules.Event;
import billing.rules.Finding;
import billing.rules.Limits;
import billing.rules.WitnessRules;
import billing.store.AttemptReader;
import billing.store.Booked;
import billing.store.Bookings;
import billing.store.ClaimRequest;
import billing.store.ClaimResult;
import billing.store.DatabaseTrouble;
import billing.store.FencedWriter;
import billing.store.Queue;
import billing.store.Recorded;
import billing.store.Runs;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The hands at the database: each method does one effect whole, and answers with its event. */
final class Desk {

  /** The parts of the store that a run works with. */
  record Stores(
      FencedWriter writer, Bookings bookings, Queue queue, AttemptReader reader, Runs runs) {}

  private final ChargeOrder order;
  private final ChargeSettings settings;
  private final Eligibility eligibility;
  private final Stores stores;
  private final Booker booker;
  private final Consumer<Fence> witness;
  private final BooleanSupplier locked;
  private final Supplier<Permit> permits;
  private final long run;

  private final Map<Reason, Long> skipped = new EnumMap<>(Reason.class);
  private final Set<ChargeKey> recovered = ConcurrentHashMap.newKeySet();
  private final Set<ChargeKey> recoveredCharged = ConcurrentHashMap.newKeySet();
  private final Set<String> trouble = Collections.synchronizedSet(new LinkedHashSet<>());
  private final Set<Attempt> elsewhere = Collections.synchronizedSet(new LinkedHashSet<>());
  private final Set<String> notSeen;
  private @Nullable String readTo;
  private boolean allRead;

  /** Whether the witness could be written in this run: if not, nothing is claimed. */
  private boolean witnessed;

  /**
   * @param witness keeps the fence outside of the database, on the disk when it returns
   * @param locked whether the lock is ours still
   * @param permits begins a permit
   */
  Desk(
      ChargeOrder order,
      ChargeSettings settings,
      Eligibility eligibility,
      Stores stores,
      Consumer<Fence> witness,
      BooleanSupplier locked,
      Supplier<Permit> permits) {
    this.order = order;
    this.settings = settings;
    this.eligibility = eligibility;
    this.stores = stores;
    this.booker = new Booker(stores.bookings(), stores.runs(), settings.recoveryWait());
    this.witness = witness;
    this.locked = locked;
    this.permits = permits;
    this.notSeen = new TreeSet<>(order.only());
    this.run = stores.writer().fence().epoch();
  }

  Event readSent(Effect.ReadSent read) {
    // A command that claims nothing looks up what it has adopted by itself as well.
    var before = order.limit() == 0 ? run + 1 : run;
    var page = stores.reader().sentBefore(before, read.after(), read.limit());
    for (var attempt : page) {
      if (!eligibility.isAskedHere(attempt)) {
        return failed(read, Finding.OTHER_ACCOUNT, attempt.key() + " is one of them");
      }
      recovered.add(attempt.key());
    }
    return new Event.Recovered(page, page.size() < read.limit());
  }

  Event enqueue() {
    var page = stores.queue().enqueue(run, readTo, Limits.PAGE, order.asOf(), this::admit);
    readTo = page.last();
    allRead = page.end();
    page.skipped().forEach((reason, count) -> skipped.merge(reason, count, Long::sum));
    return new Event.Queued(page.added(), page.end());
  }

  private Admission admit(Invoice invoice, Past past) {
    notSeen.remove(invoice.id());
    return order.only().isEmpty() || order.only().contains(invoice.id())
        ? eligibility.admit(invoice, past, order.asOf())
        : new Admission.Skip(Reason.NOT_CHOSEN, null);
  }

  /**
   * The one door: what this claims may be sent, for as long as the permit lasts that begins here.
   *
   * @param also takes what else came of it, before this answers
   */
  Event claim(
      Effect.Claim claim, BiConsumer<Iterable<Attempt>, Permit> give, Consumer<Event> also) {
    if (!locked.getAsBoolean()) {
      return failed(claim, Finding.LOCK_LOST, "nothing more is claimed");
    }
    if (!witnessed && !remember()) {
      return new Event.Failed(claim, Finding.WITNESS);
    }
    witnessed = true;
    var permit = permits.get();
    var request =
        new ClaimRequest(
            claim.limit(),
            order.asOf(),
            order.only().isEmpty() ? null : order.only(),
            settings.maxTotals(),
            eligibility::recheck);
    return switch (stores.writer().claim(request)) {
      case ClaimResult.Claimed claimed -> {
        if (!claimed.sent().isEmpty()) {
          if (remember()) {
            give.accept(claimed.sent(), permit);
          } else {
            // SENT already: a permit that has run out proves that nothing left, and leads back.
            give.accept(claimed.sent(), () -> false);
            also.accept(new Event.Stopped(Finding.WITNESS));
          }
        }
        if (claimed.schemaAtFault() && claimed.sent().isEmpty()) {
          yield failed(claim, Finding.APP_SQL, "claims fail one after the other");
        }
        yield new Event.Claimed(
            claimed.sent(),
            claimed.nothingLeft(),
            claimed.nextNotBefore(),
            claimed.overTotal() != null);
      }
      case ClaimResult.Fenced(var mine, var present) -> fenced(claim, mine, present);
      case ClaimResult.Paused(var why) -> failed(claim, Finding.PAUSED, why);
    };
  }

  /** On the disk before the first byte leaves, after the commit that it witnesses. */
  private boolean remember() {
    try {
      witness.accept(fence());
      return true;
    } catch (DatabaseTrouble e) {
      trouble.add(String.valueOf(e.getMessage()));
      return false;
    }
  }

  Event readSiblings(Effect.ReadSiblings read) {
    var page = stores.reader().siblingsInDoubt(run, read.after(), read.limit());
    var here = page.stream().filter(eligibility::isAskedHere).toList();
    var there = page.stream().filter(a -> !eligibility.isAskedHere(a)).toList();
    elsewhere.addAll(there);
    var keys = there.stream().map(Attempt::key).toList();
    return new Event.SiblingsRead(here, keys, page.size() < read.limit());
  }

  Event write(Effect.Write write) {
    if (!locked.getAsBoolean()) {
      return failed(write, Finding.LOCK_LOST, "what the gateway declined stays SENT");
    }
    return switch (stores.writer().record(write.outcomes())) {
      case Recorded.Written written ->
          written.schemaAtFault()
              ? failed(write, Finding.APP_SQL, written.refused().toString())
              : new Event.Written(written.written());
      case Recorded.Fenced(var mine, var present) -> fenced(write, mine, present);
    };
  }

  /** Before one more decline is written: who dies after this has told nobody. */
  Event hold(Effect.HoldDeclines hold) {
    return stores.runs().holdDeclines(stores.writer().fence())
        ? new Event.Held()
        : failed(hold, Finding.WENT_BACK, "another run has this one's row");
  }

  Event mark(Effect.Mark mark) {
    stores.reader().lookedUp(mark.siblings(), run);
    return new Event.Marked();
  }

  Event book(Effect.Book book) {
    return booked(booker.book(book.outcomes()));
  }

  private Event booked(Booked booked) {
    booked.notBookable().forEach((key, why) -> trouble.add(key + " could not be booked: " + why));
    for (var key : booked.booked()) {
      if (recovered.contains(key)) {
        recoveredCharged.add(key);
      }
    }
    return new Event.Booked(booked.booked(), booked.notBookable().keySet(), booked.schemaAtFault());
  }

  private Event fenced(Effect effect, Fence mine, @Nullable Fence present) {
    var back = WitnessRules.wentBack(mine, present);
    var finding = back ? Finding.WENT_BACK : Finding.FENCED;
    return failed(effect, finding, WitnessRules.why(mine, present));
  }

  private Event failed(Effect effect, Finding finding, String why) {
    trouble.add(finding.text() + ": " + why);
    return new Event.Failed(effect, finding);
  }

  /** As it was moved last, surely committed. */
  Fence fence() {
    return stores.writer().fence();
  }

  Map<Reason, Long> skipped() {
    return Map.copyOf(skipped);
  }

  /** Invoices that the order names and that are not due; known once all that is due was read. */
  Set<String> notDue() {
    return allRead ? Set.copyOf(notSeen) : Set.of();
  }

  int recovered() {
    return recovered.size();
  }

  int recoveredCharged() {
    return recoveredCharged.size();
  }

  /** Elder siblings in doubt, where this run cannot ask; a person can look there. */
  List<Attempt> elsewhere() {
    return List.copyOf(elsewhere);
  }

  List<String> trouble() {
    return List.copyOf(trouble);
  }
}
