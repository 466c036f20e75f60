package billing.rules;

import billing.model.ChargeKey;
import billing.model.Looked;
import billing.model.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that a run knows at one moment. The window, the doubts, and a few counts: nothing that grows
 * with the invoices.
 *
 * <p>A value to everyone but {@link RunRules}, which changes only the copy that it returns.
 */
public final class RunState {

  /** Attempts with something under way: about the window, at most half of it more. */
  final TreeMap<ChargeKey, Slot> slots = new TreeMap<>();

  /** Doubts that were looked up in vain, until their next look. */
  final TreeMap<ChargeKey, Slot> parked = new TreeMap<>();

  /** What waits for the booker and the writer, and what they have in hand. */
  final List<Outcome> toBook = new ArrayList<>();

  final List<Outcome> booking = new ArrayList<>();
  final List<Outcome> toWrite = new ArrayList<>();
  final List<Outcome> writing = new ArrayList<>();
  final List<Looked> toMark = new ArrayList<>();
  final List<Looked> marking = new ArrayList<>();

  final Set<Finding> findings = EnumSet.noneOf(Finding.class);

  boolean reading;
  boolean claiming;

  /** Whether everything that earlier runs left SENT has been read, and how far. */
  boolean recovered;

  @Nullable ChargeKey recoveredTo;

  /** Whether the last page of due invoices has been read. */
  boolean queued;

  int added;
  int claimed;

  /** Whether the last claim found no more, and when one that waits may be claimed. */
  boolean nothingLeft;

  @Nullable Instant nextNotBefore;
  boolean siblingsRead;
  @Nullable ChargeKey siblingsTo;

  /** Ended attempts of which something may still come, so that their invoices wait. */
  final Set<ChargeKey> siblingsInDoubt = new TreeSet<>();

  /** Whether the declines are to be held, and whether that is being written down. */
  boolean held;

  boolean holding;

  int proofsInARow;
  int lateInARow;
  int orderRefusalsInARow;
  int throttlesInARow;
  @Nullable Instant heldUntil;

  /** Since when sends are known to wait longer for a place than their permit lasts. */
  @Nullable Instant slowSince;

  int settled;
  int declined;

  /** When doubts are left to the next run; null while there is other work. */
  @Nullable Instant waitUntil;

  /** Since when nothing but doubts fills the window; null: something moves. */
  @Nullable Instant stuckSince;

  boolean finished;

  public RunState() {}

  /** A run that ended before its first step. */
  public static RunState endedBy(Finding finding) {
    var state = new RunState();
    state.findings.add(finding);
    state.finished = true;
    return state;
  }

  RunState(RunState of) {
    slots.putAll(of.slots);
    parked.putAll(of.parked);
    toBook.addAll(of.toBook);
    booking.addAll(of.booking);
    toWrite.addAll(of.toWrite);
    writing.addAll(of.writing);
    toMark.addAll(of.toMark);
    marking.addAll(of.marking);
    findings.addAll(of.findings);
    reading = of.reading;
    claiming = of.claiming;
    recovered = of.recovered;
    recoveredTo = of.recoveredTo;
    queued = of.queued;
    added = of.added;
    claimed = of.claimed;
    nothingLeft = of.nothingLeft;
    nextNotBefore = of.nextNotBefore;
    siblingsRead = of.siblingsRead;
    siblingsTo = of.siblingsTo;
    siblingsInDoubt.addAll(of.siblingsInDoubt);
    held = of.held;
    holding = of.holding;
    proofsInARow = of.proofsInARow;
    lateInARow = of.lateInARow;
    slowSince = of.slowSince;
    orderRefusalsInARow = of.orderRefusalsInARow;
    throttlesInARow = of.throttlesInARow;
    heldUntil = of.heldUntil;
    settled = of.settled;
    declined = of.declined;
    waitUntil = of.waitUntil;
    stuckSince = of.stuckSince;
    finished = of.finished;
  }

  /** Whether nothing is left to do or to wait for. */
  public boolean finished() {
    return finished;
  }

  /** What ended the sending, or is to be reported beside the figures. */
  public Set<Finding> findings() {
    return Set.copyOf(findings);
  }

  /** Invoices charged and declined so far. */
  public int outcomes() {
    return settled + declined;
  }

  public int claimed() {
    return claimed;
  }

  /** Attempts of which nobody knows the outcome at this moment. */
  public int doubts() {
    return parked.size()
        + (int) slots.values().stream().filter(s -> s.doing() == Slot.Doing.WAITING).count();
  }

  /** From when it is worth asking about each of them; those that nobody has ruled on: at once. */
  public Map<ChargeKey, Instant> askAgainFrom() {
    var from = new TreeMap<ChargeKey, Instant>();
    Stream.concat(slots.values().stream(), parked.values().stream())
        .filter(slot -> slot.doing() == Slot.Doing.WAITING && !slot.late() && slot.at() != null)
        .forEach(slot -> from.put(slot.attempt().key(), slot.at()));
    return from;
  }

  /** Ended attempts that keep their invoices waiting, because something may still come of them. */
  public Set<ChargeKey> siblingsInDoubt() {
    return Set.copyOf(siblingsInDoubt);
  }

  boolean declinesTooMany(RunPlan plan) {
    return outcomes() >= Limits.OUTCOMES_BEFORE_DECLINES_COUNT
        && declined * 100L >= (long) plan.maxDeclines() * outcomes();
  }

  /** Slots that are free. */
  int room(RunPlan plan) {
    return plan.window() - slots.size();
  }

  /** Whether doubts were waited for long enough: what is in doubt now is the next run's. */
  boolean waitIsOver(Instant now) {
    return waitUntil != null && !now.isBefore(waitUntil);
  }

  /** Exchanges that are under way or wait for a place. */
  int atTheGateway() {
    return (int)
        slots.values().stream()
            .filter(s -> s.doing() != Slot.Doing.WAITING && s.doing() != Slot.Doing.DECIDED)
            .count();
  }

  /** Sends that were begun and attempts that were decided, and are not yet written. */
  public int underWay() {
    return slots.size();
  }

  static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isBefore(other) ? one : other;
  }
}
