package billing.modelcheck;

import billing.model.AttemptState;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotCharged.Proof;
import billing.modelcheck.Move.Kind;
import billing.modelcheck.SimGateway.State;
import billing.modelcheck.SimGateway.Txn;
import billing.modelcheck.SimRun.Phase;
import billing.modelcheck.World.Request;
import billing.rules.Effect;
import billing.rules.Event;
import billing.rules.Evidence;
import billing.rules.WitnessRules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything that can happen next in a world. */
final class Moves {

  private final World world;
  private final List<Move> moves = new ArrayList<>();

  private Moves(World world) {
    this.world = world;
  }

  /** The moves of a search: with faults, and as many runs as the configuration begins. */
  static List<Move> of(World world) {
    var all = new Moves(world);
    world.runs.forEach(run -> new RunMoves(world, run, all.moves).add());
    world.requests.forEach(all::deliver);
    if (world.begun < world.config.runs()) {
      all.begin();
    }
    all.gateway();
    all.people();
    all.hold();
    all.database();
    all.time();
    return all.moves;
  }

  /** The moves after the search: nothing goes wrong any more, and a run follows the other. */
  static List<Move> orderly(World world, boolean begin) {
    var all = new Moves(world);
    world.runs.forEach(run -> new RunMoves(world, run, all.moves).add());
    world.requests.forEach(all::deliver);
    if (begin) {
      all.begin();
    }
    all.gateway();
    all.database();
    all.time();
    all.moves.removeIf(move -> move.kind() == Kind.FAULT);
    return all.moves;
  }

  private void begin() {
    if (world.runs.size() >= world.config.atOnce()
        || (world.config.locked() && world.lock != 0)
        || world.enrolling
        || world.isRefused()) {
      return;
    }
    var no = world.begun + 1;
    move(
        Kind.NORMAL,
        () -> "run " + no + " begins",
        w -> {
          var fence = w.raise(0);
          var run = new SimRun(no, w.store.account, fence);
          w.runs.add(run);
          w.lock = w.config.locked() ? no : 0;
          w.tell(run, new Event.Started());
        });
  }

  private void deliver(Request request) {
    if (world.gateway.remembered(request.order(), world.now) != null) {
      move(
          Kind.NORMAL,
          () -> "the gateway gets send %d of %s again".formatted(request.sendNo(), request.key()),
          w -> answer(w, request, charge(w, request, State.APPROVED)));
      return;
    }
    if (world.config.may(Fault.HELD) && hasPaid(request)) {
      charge(request, State.DECLINED, null);
      return;
    }
    charge(request, State.APPROVED, null);
    charge(request, State.DECLINED, Fault.DECLINE);
    charge(request, State.PROCESSING, Fault.PROCESSING);
    charge(request, State.UNDECIDED, Fault.UNDECIDED);
    refuse(request, Fault.THROTTLE, new GatewayReply.NotCharged("throttled", Proof.THROTTLED));
    refuse(request, Fault.ORDER_REFUSED, new GatewayReply.OrderRefused("card", "no such card"));
  }

  private void charge(Request request, State outcome, @Nullable Fault fault) {
    if (fault == null || world.has(fault)) {
      move(
          fault == null ? Kind.NORMAL : Kind.FAULT,
          () -> "send %d of %s is %s".formatted(request.sendNo(), request.key(), outcome),
          w -> {
            if (fault != null) {
              w.spend(fault);
            }
            answer(w, request, charge(w, request, outcome));
          });
    }
  }

  private void refuse(Request request, Fault fault, GatewayReply reply) {
    if (world.has(fault)) {
      move(
          Kind.FAULT,
          () ->
              "send %d of %s is refused: %s"
                  .formatted(request.sendNo(), request.key(), Words.of(reply)),
          w -> {
            w.spend(fault);
            answer(w, request, reply);
          });
    }
  }

  private static GatewayReply charge(World world, Request request, State outcome) {
    var reply = world.ownGateway().charge(request, outcome, world.now);
    world.judgeCharges();
    return reply;
  }

  /** The request has arrived; the reply finds its exchange, if that waits still. */
  private static void answer(World world, Request request, GatewayReply reply) {
    world.drop(request::equals);
    for (var run : List.copyOf(world.runs)) {
      for (var e : run.exchanges) {
        if (run.no == request.run()
            && e.key().equals(request.key())
            && e.attempt().sendNo() == request.sendNo()
            && e.phase() == Phase.OUT) {
          var answered = e.now(Phase.ANSWERED, new Evidence.Answer(reply));
          RunMoves.replace(world.own(run), e, answered);
        }
      }
    }
  }

  /** What the gateway left open comes to an end there. */
  private void gateway() {
    for (var txn : world.gateway.txns) {
      if (txn.state() == State.PROCESSING) {
        become(txn, State.APPROVED, Kind.NORMAL, null);
        become(txn, State.DECLINED, Kind.FAULT, Fault.RETURNED);
      }
      if (txn.state() == State.UNDECIDED) {
        become(txn, State.APPROVED, Kind.FAULT, Fault.CONFIRMED);
      }
    }
  }

  private void become(Txn txn, State state, Kind kind, @Nullable Fault fault) {
    if (fault == null || world.has(fault)) {
      move(
          kind,
          () -> txn.id() + " becomes " + state,
          w -> {
            if (fault != null) {
              w.spend(fault);
            }
            w.ownGateway().become(txn, state, w.now);
            w.judgeCharges();
          });
    }
  }

  private void people() {
    for (var bill : world.store.bills) {
      if (world.has(Fault.PAID_ELSEWHERE) && bill.due() > 0) {
        fault(
            Fault.PAID_ELSEWHERE,
            () -> "invoice " + bill.id() + " is paid by another way",
            w -> {
              var store = w.ownStore();
              store.payments.add(new SimStore.Payment("other", bill.id(), bill.due()));
              replace(store, new SimStore.Bill(bill.id(), 0, bill.card()));
            });
      }
      if (world.has(Fault.NEW_CARD)) {
        fault(
            Fault.NEW_CARD,
            () -> "the customer of invoice " + bill.id() + " gives another card",
            w -> replace(w.ownStore(), new SimStore.Bill(bill.id(), bill.due(), "pm_2")));
      }
    }
    enroll();
    if (world.has(Fault.RESOLVE)
        && (!world.config.locked() || world.lock == 0)
        && !world.witnessIsAhead()) {
      new PersonMoves(world, moves).add();
    }
  }

  private static void replace(SimStore store, SimStore.Bill bill) {
    store.bills.replaceAll(b -> b.id().equals(bill.id()) ? bill : b);
  }

  /** Looked at under the fence: whatever an earlier run claimed is seen, and nothing is claimed. */
  private void enroll() {
    if (world.has(Fault.ENROLL) && (!world.config.locked() || world.lock == 0)) {
      var undecided =
          world.store.rows.stream()
              .map(row -> row.attempt().state())
              .anyMatch(s -> s == AttemptState.SENT || s == AttemptState.REVIEW);
      if (!undecided) {
        fault(
            Fault.ENROLL,
            () -> "a person enrolls another account",
            w -> {
              w.raise(0);
              w.ownStore().account = World.SECOND;
            });
      }
    }
  }

  private void database() {
    if (world.has(Fault.RESTORE)) {
      if (world.backup == null) {
        move(Kind.FAULT, () -> "a backup is taken", w -> w.backup = w.store);
      } else {
        fault(
            Fault.RESTORE,
            () -> "the database goes back to the backup",
            w -> {
              w.store = java.util.Objects.requireNonNull(w.backup);
              w.backup = null;
              w.newest = w.store.fence.holder();
              w.wentBackAt = w.now;
            });
      }
    }
    if (world.isRefused()
        && (!world.config.locked() || world.lock == 0)
        && !world.at().isBefore(curable())) {
      move(Kind.NORMAL, () -> "a person reconciles", SimListing::reconcile);
    }
  }

  /** Where no witness tells of it, the command waits for a horizon before it adopts anything. */
  private Instant curable() {
    var horizon = Duration.ofSeconds(world.config.horizon());
    return world.witnessIsAhead()
        ? WitnessRules.curableFrom(world.sight(), world.at(), horizon)
        : Instant.ofEpochSecond(world.wentBackAt).plus(horizon);
  }

  /** Not while a request would be lost, or a permit run out, that may not. */
  private void time() {
    var lost =
        (int)
            world.requests.stream()
                .filter(q -> q.ends() <= world.now && waitedFor(world, q))
                .count();
    var expiring =
        (int)
            world.runs.stream()
                .flatMap(run -> run.exchanges.stream())
                .filter(e -> e.effect() instanceof Effect.Send && e.phase() == Phase.READY)
                .filter(e -> e.permitEnds() == world.now + 1)
                .count();
    expiring +=
        (int)
            world.runs.stream()
                .filter(SimRun::isClaiming)
                .filter(run -> run.permitFrom + world.config.permit() == world.now + 1)
                .count();
    var sleepers = expiring;
    if (lost <= world.left(Fault.REPLY_LOST) && expiring <= world.left(Fault.EXPIRED)) {
      move(
          Kind.TIME,
          () -> "a second passes",
          w -> {
            w.spend(Fault.REPLY_LOST, lost);
            w.spend(Fault.EXPIRED, sleepers);
            w.drop(q -> q.ends() <= w.now);
            w.now++;
          });
    }
  }

  /** Whether an earlier send has emptied the account that the card is of. */
  private boolean hasPaid(Request request) {
    return world.gateway.approved().stream()
        .anyMatch(t -> t.order().invoiceId().equals(request.order().invoiceId()));
  }

  private void hold() {
    for (var request : world.requests) {
      if (world.has(Fault.HELD) && request.ends() == world.now && !request.held()) {
        fault(
            Fault.HELD,
            () -> "the network holds send %d of %s".formatted(request.sendNo(), request.key()),
            w -> {
              w.drop(request::equals);
              w.add(
                  new Request(
                      request.run(), request.order(), request.sendNo(), request.ends() + 1, true));
            });
      }
    }
  }

  private static boolean waitedFor(World world, Request request) {
    return world.runs.stream()
        .filter(run -> run.no == request.run())
        .flatMap(run -> run.exchanges.stream())
        .anyMatch(e ->
            e.effect() instanceof Effect.Send
                && e.phase() == Phase.OUT
                && e.key().equals(request.key()));
  }

  private void fault(Fault fault, Supplier<String> text, Consumer<World> act) {
    move(
        Kind.FAULT,
        text,
        w -> {
          w.spend(fault);
          act.accept(w);
        });
  }

  private void move(Kind kind, Supplier<String> text, Consumer<World> act) {
    moves.add(new Move(kind, text, act));
  }
}
