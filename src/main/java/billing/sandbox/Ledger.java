package billing.sandbox;

import billing.model.Currency;
import billing.model.Money;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The one truth about money: every charge that was tried at any door, and every request that came.
 *
 * <p>It knows nothing of attempts, states or databases, and believes only the wire, so that it can
 * judge {@code billing}. Safe for many threads.
 */
public final class Ledger {

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Charge> charges = new LinkedHashMap<>();
  private final Map<String, List<String>> byKey = new LinkedHashMap<>();
  private final Map<String, List<String>> byTransaction = new LinkedHashMap<>();
  private final List<Arrival> arrivals = new ArrayList<>();
  private final List<GivenBack> givenBack = new ArrayList<>();
  private final Map<String, Captured> captures = new LinkedHashMap<>();

  Ledger(InstantSource clock) {
    this.clock = clock;
  }

  void arrived(Arrival arrival) {
    locked(() -> arrivals.add(arrival));
  }

  void add(Charge charge) {
    locked(() -> {
      charges.put(charge.id(), charge);
      file(byTransaction, charge.transactionId(), charge);
      if (charge.key() != null) {
        file(byKey, charge.key(), charge);
      }
      return charge;
    });
  }

  private static void file(Map<String, List<String>> index, String name, Charge charge) {
    index.computeIfAbsent(name, n -> new ArrayList<>()).add(charge.id());
  }

  /** Every charge that was tried, the oldest first. */
  public List<Charge> charges() {
    return locked(() -> List.copyOf(charges.values()));
  }

  /** Every request in the order of arrival. */
  public List<Arrival> arrivals() {
    return locked(() -> List.copyOf(arrivals));
  }

  /** The requests for money that named this key, the oldest first. */
  public List<Arrival> arrivals(String key) {
    return arrivals().stream()
        .filter(a -> a.operation() == Operation.CHARGE && key.equals(a.key()))
        .toList();
  }

  /** Those under an idempotency key or order reference, the oldest first. */
  public List<Charge> underKey(String key) {
    return locked(() -> ofIds(byKey.getOrDefault(key, List.of())));
  }

  /** The charge of that id or transaction id; of several the newest. */
  public Optional<Charge> find(String id) {
    return Optional.ofNullable(locked(() -> newest(id)));
  }

  private @Nullable Charge newest(String id) {
    var charge = charges.get(id);
    var ids = byTransaction.get(id);
    return charge != null || ids == null ? charge : charges.get(ids.getLast());
  }

  private List<Charge> ofIds(List<String> ids) {
    var found = new ArrayList<Charge>();
    for (var id : ids) {
      var charge = charges.get(id);
      if (charge != null) {
        found.add(charge);
      }
    }
    return found;
  }

  /** Approved and not given back. */
  public List<Charge> standing() {
    return charges().stream().filter(Charge::standing).toList();
  }

  /** How many standing charges each invoice has; an invoice without any is absent. */
  public Map<String, Integer> standingByInvoice() {
    var counts = new TreeMap<String, Integer>();
    standing().forEach(c -> counts.merge(c.invoice(), 1, Integer::sum));
    return counts;
  }

  /** The invoices whose customer paid more than once, with all their standing charges. */
  public Map<String, List<Charge>> doubles() {
    var doubles = new TreeMap<String, List<Charge>>();
    standing().forEach(c -> doubles.computeIfAbsent(c.invoice(), i -> new ArrayList<>()).add(c));
    doubles.values().removeIf(c -> c.size() == 1);
    return doubles;
  }

  /** What customers have paid and not got back, by currency. */
  public Map<Currency, Money> totals() {
    var minor = new TreeMap<Currency, Long>();
    standing()
        .forEach(c ->
            minor.merge(c.amount().currency(), c.amount().minor() - c.reversedMinor(), Long::sum));
    var totals = new TreeMap<Currency, Money>();
    minor.forEach((currency, sum) -> totals.put(currency, new Money(sum, currency)));
    return totals;
  }

  /**
   * Gives an approved charge back by hand, whole, as somebody would in the gateway's own pages.
   *
   * @return false where there is no standing charge of that id
   */
  public boolean reverse(String id) {
    return locked(() -> {
      var charge = newest(id);
      return charge != null && back(charge, left(charge), !charge.settled()) != null;
    });
  }

  /** Gives a part back, in minor units; null where there is not so much of it left. */
  public @Nullable GivenBack refund(String id, long minor) {
    return locked(() -> {
      var charge = newest(id);
      return charge == null || minor > left(charge) ? null : back(charge, minor, false);
    });
  }

  private static long left(Charge charge) {
    return charge.amount().minor() - charge.reversedMinor();
  }

  private @Nullable GivenBack back(Charge charge, long minor, boolean voided) {
    if (!charge.standing()) {
      return null;
    }
    var now = clock.instant();
    var after = charge.reversed(charge.reversedMinor() + minor, voided, now);
    charges.put(after.id(), after);
    return note(new GivenBack(GivenBack.Kind.REFUND, givenBack.size() + 1, after, minor, now));
  }

  private GivenBack note(GivenBack one) {
    givenBack.add(one);
    return one;
  }

  /**
   * The customer's bank takes an approved charge back to look into it; nobody knows yet who keeps
   * the money.
   *
   * @return false where there is no standing charge of that id, or it is disputed already
   */
  public boolean dispute(String id) {
    return locked(() -> {
      var charge = newest(id);
      if (charge == null || !charge.standing() || disputed(charge.id())) {
        return false;
      }
      var number = givenBack.size() + 1;
      note(new GivenBack(GivenBack.Kind.DISPUTE, number, charge, left(charge), clock.instant()));
      return true;
    });
  }

  /** Whether the charge of that id of the ledger's own is disputed. */
  boolean disputed(String id) {
    return givenBack().stream()
        .anyMatch(one -> one.kind() == GivenBack.Kind.DISPUTE && one.charge().id().equals(id));
  }

  /** Every refund and dispute, the oldest first. */
  List<GivenBack> givenBack() {
    return locked(() -> List.copyOf(givenBack));
  }

  /** Voids it; null where it is no standing charge or authorization, or its batch was cut off. */
  @Nullable Charge voided(String id) {
    return change(
        id,
        c -> (c.standing() && !c.settled()) || isAuthorized(c),
        c -> c.reversed(c.amount().minor(), true, clock.instant()));
  }

  private static boolean isAuthorized(Charge charge) {
    return charge.state() == Charge.State.AUTHORIZED && !charge.voided();
  }

  /**
   * Captures an authorization, for good: what is left of its amount is let go, which is filed as a
   * refund, too.
   *
   * @return null where there is none of that id, or it is not of so much
   */
  @Nullable Charge captured(String id, Money taken) {
    return locked(() -> {
      var held = newest(id);
      if (held == null || !isAuthorized(held) || taken.minor() > held.amount().minor()) {
        return null;
      }
      var now = clock.instant();
      var after = held.captured(taken, now);
      charges.put(after.id(), after);
      captures.put(after.id(), new Captured(captures.size() + 1, held.amount(), after, now));
      var rest = held.amount().minor() - taken.minor();
      if (rest > 0) {
        note(new GivenBack(GivenBack.Kind.REFUND, givenBack.size() + 1, after, rest, now));
      }
      return after;
    });
  }

  /** Every capture, the oldest first. */
  List<Captured> captures() {
    return locked(() -> List.copyOf(captures.values()));
  }

  /** That of the charge of this id, which is captured once; null: it was not, or not apart. */
  @Nullable Captured captureOf(String id) {
    return locked(() -> captures.get(id));
  }

  /**
   * Decides a held charge by hand.
   *
   * @param code the gateway's own word for the outcome
   * @return false where there is no held charge of that id
   */
  public boolean decide(String id, boolean approved, String code, String text) {
    var outcome = approved ? Charge.State.APPROVED : Charge.State.DECLINED;
    return change(
            id,
            c -> c.state() == Charge.State.HELD,
            c -> c.decided(outcome, code, text, clock.instant()))
        != null;
  }

  /** The settlement cut-off: nothing that was approved so far can be voided any more. */
  public void cutOff() {
    locked(() -> {
      charges.replaceAll((id, c) ->
          c.state() == Charge.State.APPROVED && !c.settled() && !c.voided()
              ? c.cutOff(clock.instant())
              : c);
      return charges;
    });
  }

  private @Nullable Charge change(String id, Predicate<Charge> may, UnaryOperator<Charge> to) {
    return locked(() -> {
      var charge = newest(id);
      if (charge == null || !may.test(charge)) {
        return null;
      }
      var changed = to.apply(charge);
      charges.put(changed.id(), changed);
      return changed;
    });
  }

  /** The clock by which all charges are dated. */
  Instant now() {
    return clock.instant();
  }

  private <T extends @Nullable Object> T locked(java.util.function.Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
