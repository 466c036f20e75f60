package billing.modelcheck;

import billing.model.Timings;
import billing.rules.AttemptRules;
import billing.rules.Horizon;
import billing.rules.RetrySchedule;
import billing.rules.RunPlan;
import billing.rules.RunRules;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One small world to be searched whole: who is in it, and what may go wrong how often.
 *
 * @param invoices due invoices, one or two
 * @param runs how many runs are begun; afterwards orderly ones follow until nothing is left to do
 * @param atOnce how many of them live at the same time
 * @param locked whether the server has an advisory lock; else the fence alone keeps them apart
 * @param idempotent whether the gateway knows idempotency keys
 * @param keyLife seconds after which it forgets them; 0: never
 * @param timings in whole seconds, as short as can be
 * @param trusted the horizon that the rules go by; a test of the checker gives a wrong one
 * @param missing guards that are left out, to see that the checker notices, or another is enough
 */
record Config(
    String name,
    int invoices,
    int runs,
    int atOnce,
    boolean locked,
    boolean idempotent,
    int keyLife,
    int concurrency,
    Duration recoveryWait,
    Timings timings,
    Horizon trusted,
    Map<Fault, Integer> faults,
    Set<Guard> missing) {

  /** What keeps the world in order, and can be taken away. */
  enum Guard {
    /** Every claim and no moves the fence. */
    FENCE,
    /** The permit is looked at when the request leaves. */
    PERMIT,
    /** An approval is taken from any state. */
    LATE_APPROVAL,
    /** A claim looks at the invoice again. */
    RECHECK,
    /** The witness beside the database. */
    WITNESS,
    /** The gateway's listing, compared before the first send. */
    LISTING
  }

  static final Duration DEADLINE = Duration.ZERO;
  static final LocalDate TODAY = LocalDate.of(2026, 11, 24);

  Config {
    faults = Map.copyOf(faults);
    missing = Set.copyOf(missing);
  }

  /** One invoice, one run at a time, a gateway with keys, and no fault. */
  static Config named(String name) {
    var timings = timings(1, 1, 0);
    return new Config(
        name,
        1,
        1,
        1,
        true,
        true,
        0,
        2,
        Duration.ofSeconds(1),
        timings,
        Horizon.of(timings, DEADLINE),
        Map.of(Fault.EXPIRED, 1),
        Set.of());
  }

  private static Timings timings(int permit, int transit, int lag) {
    return new Timings(
        Duration.ofSeconds(permit),
        Duration.ofSeconds(transit),
        Duration.ZERO,
        Duration.ofSeconds(lag),
        Duration.ZERO,
        Duration.ofSeconds(1),
        Duration.ZERO,
        Duration.ofSeconds(3));
  }

  Config invoices(int count) {
    return new Config(
        name,
        count,
        runs,
        atOnce,
        locked,
        idempotent,
        keyLife,
        count + 1,
        recoveryWait,
        timings,
        trusted,
        faults,
        missing);
  }

  Config runs(int begun, int together) {
    return new Config(
        name,
        invoices,
        begun,
        together,
        locked,
        idempotent,
        keyLife,
        concurrency,
        recoveryWait,
        timings,
        trusted,
        faults,
        missing);
  }

  /** As on a cluster: no advisory lock. */
  Config withoutLock() {
    return new Config(
        name,
        invoices,
        runs,
        atOnce,
        false,
        idempotent,
        keyLife,
        concurrency,
        recoveryWait,
        timings,
        trusted,
        faults,
        missing);
  }

  Config withoutKeys() {
    return new Config(
        name,
        invoices,
        runs,
        atOnce,
        locked,
        false,
        keyLife,
        concurrency,
        recoveryWait,
        timings,
        trusted,
        faults,
        missing);
  }

  Config keysLive(int seconds) {
    return new Config(
        name,
        invoices,
        runs,
        atOnce,
        locked,
        idempotent,
        seconds,
        concurrency,
        recoveryWait,
        timings,
        trusted,
        faults,
        missing);
  }

  Config waits(int seconds) {
    return new Config(
        name,
        invoices,
        runs,
        atOnce,
        locked,
        idempotent,
        keyLife,
        concurrency,
        Duration.ofSeconds(seconds),
        timings,
        trusted,
        faults,
        missing);
  }

  /**
   * So many seconds: a permit, the longest way to the gateway, and how far a lookup lags behind.
   */
  Config times(int permit, int transit, int lag) {
    var longer = timings(permit, transit, lag);
    return new Config(
        name,
        invoices,
        runs,
        atOnce,
        locked,
        idempotent,
        keyLife,
        concurrency,
        recoveryWait,
        longer,
        Horizon.of(longer, DEADLINE),
        faults,
        missing);
  }

  Config trusting(Horizon horizon) {
    return new Config(
        name,
        invoices,
        runs,
        atOnce,
        locked,
        idempotent,
        keyLife,
        concurrency,
        recoveryWait,
        timings,
        horizon,
        faults,
        missing);
  }

  Config with(Fault fault, int times) {
    var more = new EnumMap<Fault, Integer>(Fault.class);
    more.putAll(faults);
    more.put(fault, times);
    return new Config(
        name,
        invoices,
        runs,
        atOnce,
        locked,
        idempotent,
        keyLife,
        concurrency,
        recoveryWait,
        timings,
        trusted,
        more,
        missing);
  }

  Config with(Fault... once) {
    var more = this;
    for (var fault : once) {
      more = more.with(fault, 1);
    }
    return more;
  }

  Config without(Guard... guards) {
    var gone = EnumSet.noneOf(Guard.class);
    gone.addAll(missing);
    gone.addAll(Arrays.asList(guards));
    return new Config(
        name,
        invoices,
        runs,
        atOnce,
        locked,
        idempotent,
        keyLife,
        concurrency,
        recoveryWait,
        timings,
        trusted,
        faults,
        gone);
  }

  /**
   * Where the database goes back under two live runs: the witness of one tells the other nothing.
   */
  boolean onHostsOfTheirOwn() {
    return atOnce > 1 && may(Fault.RESTORE);
  }

  boolean may(Fault fault) {
    return faults.getOrDefault(fault, 0) > 0;
  }

  /** The last moment at which a request that leaves now can reach the gateway, in seconds. */
  int transit() {
    return (int) DEADLINE.plus(timings.transit()).plus(timings.processing()).toSeconds();
  }

  int permit() {
    return (int) timings.permit().toSeconds();
  }

  int lag() {
    return (int) timings.lookupLag().toSeconds();
  }

  /** The true horizon. */
  int horizon() {
    return (int) Horizon.of(timings, DEADLINE).afterLastSend().toSeconds();
  }

  /** Seconds that nothing looks further back. */
  int oldest() {
    return Math.max(horizon(), (int) recoveryWait.toSeconds()) + 1;
  }

  /** The production rules, with the production numbers but for the times. */
  RunRules rules() {
    var plan =
        new RunPlan(concurrency, invoices, Integer.MAX_VALUE, 10, 100, recoveryWait, null, TODAY);
    return new RunRules(
        plan, new AttemptRules(timings, trusted, new RetrySchedule(List.of(3, 5, 7))));
  }

  @Override
  public String toString() {
    return name;
  }
}
