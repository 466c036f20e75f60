package billing.modelcheck;

import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Decision;
import billing.model.Fence;
import billing.model.Order;
import billing.model.Outcome;
import billing.model.Testimony;
import billing.rules.Eligibility;
import billing.rules.Event;
import billing.rules.RunForm;
import billing.rules.RunRules;
import billing.rules.WitnessRules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The whole simulated world at one moment. A move changes a copy, which shares with the original
 * what it does not change: whoever changes a part asks for one of the world's own.
 */
final class World {

  private static final int LONG_AGO = -1000;
  static final Account FIRST = new Account("stripe", "acct_1", false);
  static final Account SECOND = new Account("stripe", "acct_2", false);
  static final String INSTALLATION = "0123456789ab";
  static final long AMOUNT = 7900;
  private static final String HOST = "app1";
  private static final String SERVER = "server1";

  /**
   * A request for money on its way to the gateway.
   *
   * @param ends the last second in which it may arrive
   * @param held whether that is later than is declared
   */
  record Request(int run, Order order, int sendNo, int ends, boolean held) {
    ChargeKey key() {
      return order.key();
    }
  }

  /** Whether the listing was ahead; neither of the two changes once a move has ended. */
  private record Compared(SimStore store, SimGateway gateway, boolean ahead) {}

  final Config config;
  final RunRules rules;
  int now;

  /** Runs and commands that took the fence so far. */
  int begun;

  /** The run that has the advisory lock; 0: nobody. */
  int lock;

  /** To look at; see {@link #ownStore}. */
  SimStore store;

  @Nullable SimStore backup;

  /** To look at; see {@link #ownGateway}. */
  SimGateway gateway;

  /** To look at; see {@link #own}. */
  final List<SimRun> runs = new ArrayList<>();

  List<Request> requests = List.of();
  private Map<Fault, Integer> left;
  private @Nullable Compared compared;

  /** The file beside the database, and the time of the last send in it. */
  @Nullable Fence witness;

  int witnessedAt;

  /** When the database went back; long ago, as long as it did not. */
  int wentBackAt = LONG_AGO;

  /** A person is about to enroll another account, and has looked. */
  boolean enrolling;

  /** Whoever took the fence last: nobody else may claim or say no. */
  String newest = "";

  /** What is violated, in words; null: nothing. */
  @Nullable String broken;

  World(Config config) {
    this(config, config.rules());
    for (int i = 1; i <= config.invoices(); i++) {
      store.bills.add(new SimStore.Bill(String.valueOf(i), AMOUNT, "pm_1"));
    }
  }

  private World(Config config, RunRules rules) {
    this.config = config;
    this.rules = rules;
    this.store = new SimStore("SHOP", INSTALLATION, 1, FIRST);
    this.gateway = new SimGateway(config);
    this.left = config.faults();
  }

  private World(World of) {
    config = of.config;
    rules = of.rules;
    now = of.now;
    begun = of.begun;
    lock = of.lock;
    store = of.store;
    backup = of.backup;
    gateway = of.gateway;
    runs.addAll(of.runs);
    requests = of.requests;
    left = of.left;
    witness = of.witness;
    witnessedAt = of.witnessedAt;
    wentBackAt = of.wentBackAt;
    enrolling = of.enrolling;
    newest = of.newest;
    broken = of.broken;
    compared = of.compared;
  }

  World copy() {
    return new World(this);
  }

  /** The store, to be changed. */
  SimStore ownStore() {
    store = store.copy();
    return store;
  }

  /** The gateway, to be changed. */
  SimGateway ownGateway() {
    gateway = gateway.copy();
    return gateway;
  }

  /** A run, to be changed. */
  SimRun own(SimRun run) {
    var own = run.copy();
    runs.set(runs.indexOf(run), own);
    return own;
  }

  Instant at() {
    return Instant.ofEpochSecond(now);
  }

  SimRun run(int no) {
    return runs.stream().filter(run -> run.no == no).findFirst().orElseThrow();
  }

  Eligibility eligibility(SimRun run) {
    return new Eligibility(INSTALLATION, run.account, 1, Map.of());
  }

  boolean has(Fault fault) {
    return left(fault) > 0;
  }

  void spend(Fault fault) {
    spend(fault, 1);
  }

  void spend(Fault fault, int times) {
    if (times > 0) {
      var rest = new EnumMap<Fault, Integer>(left);
      rest.put(fault, left(fault) - times);
      left = rest;
    }
  }

  /** Nothing goes wrong any more. */
  void spendAll() {
    left = Map.of();
  }

  int left(Fault fault) {
    return left.getOrDefault(fault, 0);
  }

  boolean holdsLock(SimRun run) {
    return !config.locked() || lock == run.no;
  }

  /** Whether a run sees, by the file or by the gateway's listing, that the database went back. */
  boolean isRefused() {
    return witnessIsAhead() || listingIsAhead();
  }

  /** Whether the production rules see it by the gateway's listing. */
  private boolean listingIsAhead() {
    if (config.missing().contains(Config.Guard.LISTING)) {
      return false;
    }
    var known = compared;
    if (known == null || known.store() != store || known.gateway() != gateway) {
      known = new Compared(store, gateway, new SimListing(this).isAhead());
      compared = known;
    }
    return known.ahead();
  }

  /** Whether the production rules see it by the file of the host on which they run. */
  boolean witnessIsAhead() {
    return witness != null
        && !config.onHostsOfTheirOwn()
        && !config.missing().contains(Config.Guard.WITNESS)
        && WitnessRules.judge(sight()) instanceof WitnessRules.Verdict.WentBack;
  }

  WitnessRules.Sight sight() {
    var file =
        witness == null
            ? null
            : new Testimony(
                INSTALLATION, HOST, witness, SERVER, false, Instant.ofEpochSecond(witnessedAt));
    var then =
        store.runs.stream()
            .filter(run -> file != null && run.epoch() == file.fence().epoch())
            .map(Fence::holder)
            .findFirst()
            .orElse(null);
    return new WitnessRules.Sight(
        file, store.fence, then, INSTALLATION, Set.of(HOST), HOST, SERVER);
  }

  /** A run, or another command, raises the fence. */
  Fence raise(long above) {
    begun++;
    var fence = ownStore().begin("holder" + begun, above);
    newest = fence.holder();
    return fence;
  }

  /** The rules are told what happened, and the shell gets what is to be done. */
  void tell(SimRun run, Event event) {
    var step = rules.advance(run.state, event, at());
    run.state = step.state();
    step.effects().forEach(effect -> run.accept(effect, config.permit()));
    if (run.state.finished()) {
      gone(run);
    }
  }

  /** The process is no more; the database gives its lock to whoever asks. */
  void gone(SimRun run) {
    runs.remove(run);
    if (lock == run.no) {
      lock = 0;
    }
  }

  void violated(String what) {
    if (broken == null) {
      broken = what;
    }
  }

  /** I4, at the commit of a claim or a no. */
  void judgeFence(SimRun run, String doing) {
    if (!run.fence.holder().equals(newest)) {
      violated("I4: run %d %s, though it was fenced off".formatted(run.no, doing));
    }
  }

  /** The one door: what is claimed is due at that moment, and of the pinned account. */
  void judgeClaim(List<Attempt> sent) {
    for (var attempt : sent) {
      if (store.due(attempt.order().invoiceId()) == null) {
        violated(attempt.key() + " is claimed, and its invoice is not due");
      }
      if (!attempt.order().account().equals(store.account)) {
        violated(attempt.key() + " is claimed for an account that is no longer enrolled");
      }
    }
  }

  /** I3: what one account has under a key is no evidence about what was sent to another. */
  void judgeQuestion(SimRun run, ChargeKey key) {
    var row = store.row(key);
    if (row != null && !row.attempt().order().account().equals(run.account)) {
      violated("I3: " + key + " is looked up in another account than it was sent to");
    }
  }

  /**
   * I3, at the commit of a no: no send of the attempt has charged, and none still can. Not once the
   * database went back under two live runs: what one of them sends, the other cannot know, and the
   * key alone keeps it from charging twice. A request that came later than the gateway declares may
   * have charged when its attempt is put back to PENDING, since nobody could know.
   */
  void judgeNo(Outcome outcome) {
    var row = store.row(outcome.key());
    if (!(outcome.decision() instanceof Decision.No)
        || outcome.decision() instanceof Decision.Review
        || (config.onHostsOfTheirOwn() && wentBack())
        || row == null
        || row.attempt().state() != AttemptState.SENT
        || row.attempt().sendNo() != outcome.sendNo()) {
      return;
    }
    var what = canCharge(outcome.key(), !(outcome.decision() instanceof Decision.Repeat));
    if (what != null) {
      violated("I3: " + Words.of(outcome.decision()) + " " + outcome.key() + ", though " + what);
    }
  }

  /** I3, before a person's word that nothing was charged is written. */
  void judgeWord(ChargeKey key) {
    var what = canCharge(key, true);
    if (what != null) {
      violated("I3: a person may say that nothing was charged by " + key + ", though " + what);
    }
  }

  /**
   * In words, what has charged under a key or still can; null: nothing.
   *
   * @param late whether what came later than is declared counts
   */
  private @Nullable String canCharge(ChargeKey key, boolean late) {
    for (var txn : gateway.of(key)) {
      if (txn.late() && !late) {
        continue;
      }
      switch (txn.state()) {
        case APPROVED -> {
          return txn.id() + " is approved";
        }
        case PROCESSING, UNDECIDED -> {
          return txn.id() + " is open at the gateway";
        }
        case DECLINED, CLOSED -> {}
      }
    }
    for (var request : requests) {
      if (request.key().equals(key) && !replays(request) && !request.held()) {
        return "send " + request.sendNo() + " is still under way";
      }
    }
    return runs.stream()
            .flatMap(run -> run.exchanges.stream())
            .anyMatch(e ->
                e.key().equals(key)
                    && e.effect() instanceof billing.rules.Effect.Send
                    && e.phase() == SimRun.Phase.READY
                    && e.permitEnds() > now)
        ? "a send of it may still leave"
        : null;
  }

  /** A second request under a key that is known charges nothing new. */
  private boolean replays(Request request) {
    return gateway.remembered(request.order(), now) != null;
  }

  /** I1, whenever the gateway has approved something. */
  void judgeCharges() {
    var invoices = gateway.approved().stream().map(t -> t.order().invoiceId()).toList();
    for (var id : invoices.stream().distinct().toList()) {
      if (invoices.stream().filter(id::equals).count() > 1) {
        violated("I1: invoice " + id + " is charged twice");
      }
    }
  }

  /** The gateway was slower than it declares, and an earlier send has paid meanwhile. */
  private boolean isSettledLate(SimStore.Row row) {
    return row.attempt().state() == AttemptState.SETTLED
        && gateway.of(row.key()).stream()
            .anyMatch(txn -> txn.late() && txn.id().equals(row.attempt().transactionId()));
  }

  private boolean wentBack() {
    return config.may(Fault.RESTORE) && !has(Fault.RESTORE);
  }

  /** I2, when a request leaves; once the database went back, what it had is forgotten. */
  void judgeSend(Attempt attempt) {
    var row = store.row(attempt.key());
    var durable =
        row != null
            && row.attempt().sendNo() == attempt.sendNo()
            && (row.attempt().state() == AttemptState.SENT || isSettledLate(row));
    if (!durable && !wentBack()) {
      violated(
          "I2: send %d of %s leaves, and is not SENT under that number in the database"
              .formatted(attempt.sendNo(), attempt.key()));
    }
  }

  Form.Print form() {
    var form = new Form(config.oldest());
    form.put(begun).put(lock).put(enrolling).put(newest);
    form.put(store.print(now, config.oldest())).put(backup != null);
    if (backup != null) {
      form.put(backup.print(now, config.oldest()));
    }
    form.put(gateway.txns.size());
    for (var txn : gateway.txns) {
      form.put(txn.id()).put(txn.state()).put(txn.late());
      form.put(Math.max(-Math.max(config.lag(), config.keyLife()) - 1L, txn.at() - now));
    }
    form.put(runs.size());
    runs.forEach(run -> form.put(run.print(now, config.oldest())));
    form.put(requests.size());
    for (var request : requests) {
      form.put(request.run()).put(request.key().value()).put(request.sendNo());
      form.put(request.ends() - now).put(request.held());
    }
    config.faults().keySet().forEach(fault -> form.put(left(fault)));
    form.put(Math.max(-config.horizon() - 1L, wentBackAt - now));
    form.put(witness != null);
    if (witness != null) {
      form.put(witness.epoch()).put(witness.holder()).put(witness.seq());
      form.put(Math.max(-config.horizon() - 1L, witnessedAt - now));
    }
    return form.print();
  }

  /** Between runs, with no fault to come: run numbers and fences are only new ones from here on. */
  Form.Print restingForm() {
    var form = new Form(config.oldest());
    store.rows.forEach(row -> {
      RunForm.put(
          form, SimWrites.in(row.attempt(), row.attempt().state(), row.attempt().sends(), 0), at());
      form.put(row.notBefore(), at()).put(row.hard()).put(Objects.toString(row.retryOn()));
      form.put(row.adopted());
    });
    store.putRest(form);
    gateway.txns.forEach(txn -> form.put(txn.id()).put(txn.state()).put(txn.late()));
    return form.put(store.account.id()).put(requests.size()).put(isRefused()).print();
  }

  void add(Request request) {
    requests =
        Stream.concat(requests.stream(), Stream.of(request))
            .sorted(Comparator.comparing(Request::key).thenComparingInt(Request::sendNo))
            .toList();
  }

  /** They have arrived, or never will. */
  void drop(Predicate<Request> which) {
    requests = requests.stream().filter(which.negate()).toList();
  }
}
