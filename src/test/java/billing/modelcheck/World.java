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
import org.jspecify.annotations.Nullable;

/**
 * The whole simulated world at one moment. A move changes a copy; nothing is shared that changes.
 */
final class World {

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

  final Config config;
  final RunRules rules;
  int now;

  /** Runs and commands that took the fence so far. */
  int begun;

  /** The run that has the advisory lock; 0: nobody. */
  int lock;

  SimStore store;
  @Nullable SimStore backup;
  SimGateway gateway;
  List<SimRun> runs = new ArrayList<>();
  List<Request> requests = new ArrayList<>();
  final Map<Fault, Integer> left = new EnumMap<>(Fault.class);

  /** The file beside the database, and the time of the last send in it. */
  @Nullable Fence witness;

  int witnessedAt;

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
    left.putAll(config.faults());
  }

  private World(Config config, RunRules rules) {
    this.config = config;
    this.rules = rules;
    this.store = new SimStore("SHOP", INSTALLATION, 1, FIRST);
    this.gateway = new SimGateway(config);
  }

  World copy() {
    var copy = new World(config, rules);
    copy.now = now;
    copy.begun = begun;
    copy.lock = lock;
    copy.store = store.copy();
    copy.backup = backup;
    copy.gateway = gateway.copy();
    runs.forEach(run -> copy.runs.add(run.copy()));
    copy.requests.addAll(requests);
    copy.left.putAll(left);
    copy.witness = witness;
    copy.witnessedAt = witnessedAt;
    copy.enrolling = enrolling;
    copy.newest = newest;
    copy.broken = broken;
    return copy;
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
      left.put(fault, left(fault) - times);
    }
  }

  int left(Fault fault) {
    return left.getOrDefault(fault, 0);
  }

  boolean holdsLock(SimRun run) {
    return !config.locked() || lock == run.no;
  }

  /** Whether the production rules see by the file that the database went back. */
  boolean witnessIsAhead() {
    return witness != null
        && !config.missing().contains(Config.Guard.WITNESS)
        && WitnessRules.judge(sight()) instanceof WitnessRules.Verdict.WentBack;
  }

  WitnessRules.Sight sight() {
    var file =
        witness == null
            ? null
            : new Testimony(
                INSTALLATION, HOST, witness, SERVER, Instant.ofEpochSecond(witnessedAt));
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
    var fence = store.begin("holder" + begun, above);
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

  /** I3, at the commit of a no: no send of the attempt has charged, and none still can. */
  void judgeNo(Outcome outcome) {
    var row = store.row(outcome.key());
    if (!(outcome.decision() instanceof Decision.No)
        || outcome.decision() instanceof Decision.Review
        || (config.may(Fault.HELD) && outcome.decision() instanceof Decision.Repeat)
        || row == null
        || row.attempt().state() != AttemptState.SENT
        || row.attempt().sendNo() != outcome.sendNo()) {
      return;
    }
    var what = canCharge(outcome.key());
    if (what != null) {
      violated("I3: " + Words.of(outcome.decision()) + " " + outcome.key() + ", though " + what);
    }
  }

  /** In words, what has charged under a key or still can; null: nothing. */
  @Nullable String canCharge(ChargeKey key) {
    for (var txn : gateway.of(key)) {
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

  /** I2, when a request leaves. */
  void judgeSend(Attempt attempt) {
    var row = store.row(attempt.key());
    var durable =
        row != null
            && row.attempt().state() == AttemptState.SENT
            && row.attempt().sendNo() == attempt.sendNo();
    if (!durable && !config.may(Fault.RESTORE)) {
      violated(
          "I2: send %d of %s leaves, and is not SENT under that number in the database"
              .formatted(attempt.sendNo(), attempt.key()));
    }
  }

  Form.Print form() {
    var form = new Form(config.oldest());
    var here = at();
    form.put(begun).put(lock).put(enrolling).put(newest);
    put(form, store, here);
    form.put(backup != null);
    if (backup != null) {
      put(form, backup, here);
    }
    form.put(gateway.txns.size());
    for (var txn : gateway.txns) {
      form.put(txn.id()).put(txn.state());
      form.put(Math.max(-Math.max(config.lag(), config.keyLife()) - 1L, txn.at() - now));
    }
    form.put(runs.size());
    runs.forEach(run -> run.put(form, here, now));
    form.put(requests.size());
    for (var request : requests) {
      form.put(request.run()).put(request.key().value()).put(request.sendNo());
      form.put(request.ends() - now).put(request.held());
    }
    left.values().forEach(form::put);
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
    putRest(form, store);
    gateway.txns.forEach(txn -> form.put(txn.id()).put(txn.state()));
    return form.put(store.account.id()).put(requests.size()).put(witnessIsAhead()).print();
  }

  private static void put(Form form, SimStore store, Instant now) {
    form.put(store.fence.epoch()).put(store.fence.holder()).put(store.fence.seq());
    form.put(store.account.id()).put(store.runs.size());
    store.runs.forEach(run -> form.put(run.epoch()).put(run.holder()));
    form.put(store.rows.size());
    for (var row : store.rows) {
      RunForm.put(form, row.attempt(), now);
      form.put(row.notBefore(), now).put(row.hard()).put(Objects.toString(row.retryOn()));
      form.put(row.lookedUpRun()).put(row.adopted());
    }
    store.differences.forEach(open -> form.put(open.runNo()));
    putRest(form, store);
  }

  private static void putRest(Form form, SimStore store) {
    store.bills.forEach(bill -> form.put(bill.due()).put(bill.card()));
    store.payments.forEach(paid -> form.put(paid.transactionId()).put(paid.amount()));
    form.put(store.differences.size());
    for (var open : store.differences) {
      form.put(open.difference().kind()).put(open.difference().subject());
      form.put(open.difference().detail()).put(open.judged()).put(open.print());
    }
    form.put(store.outbox.size());
    store.outbox.forEach(mail -> form.put(mail.key().value()).put(mail.kind()));
  }

  void add(Request request) {
    requests.add(request);
    requests.sort(Comparator.comparing(Request::key).thenComparingInt(Request::sendNo));
  }
}
