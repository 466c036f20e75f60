package billing.modelcheck;

import billing.model.Decision;
import billing.model.Fence;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotCharged.Proof;
import billing.model.Outcome;
import billing.modelcheck.Move.Kind;
import billing.modelcheck.SimRun.Exchange;
import billing.modelcheck.SimRun.Phase;
import billing.rules.Effect;
import billing.rules.Event;
import billing.rules.Evidence;
import billing.rules.Finding;
import billing.rules.WitnessRules;
import billing.store.ClaimResult;
import billing.store.Recorded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one run may do next. An effect that ends and the rules' hearing of it are one move: a run
 * that sleeps between the two looks to everybody else like one that slept before the effect ended.
 */
final class RunMoves {

  private final World world;
  private final SimRun run;
  private final List<Move> moves;

  RunMoves(World world, SimRun run, List<Move> moves) {
    this.world = world;
    this.run = run;
    this.moves = moves;
  }

  void add() {
    writer();
    booker();
    run.exchanges.forEach(this::exchange);
    clock();
    if (world.has(Fault.CRASH)) {
      move(
          Kind.FAULT,
          () -> "dies",
          (w, r) -> {
            w.spend(Fault.CRASH);
            w.gone(r);
          });
    }
    if (world.has(Fault.LOCK_LOST) && world.lock == run.no) {
      move(
          Kind.FAULT,
          () -> "loses its lock and does not know",
          (w, r) -> {
            w.spend(Fault.LOCK_LOST);
            w.lock = 0;
          });
    }
  }

  private void clock() {
    var wake = world.rules.wakeAt(run.state);
    if (wake.isPresent() && !wake.get().isAfter(world.at())) {
      move(Kind.NORMAL, () -> "looks at the clock", (w, r) -> w.tell(r, new Event.Tick()));
    }
    if (!world.holdsLock(run) && !run.state.findings().contains(Finding.LOCK_LOST)) {
      move(
          Kind.NORMAL,
          () -> "notices that its lock is lost",
          (w, r) -> w.tell(r, new Event.Stopped(Finding.LOCK_LOST)));
    }
  }

  private void writer() {
    if (run.unwitnessed != null) {
      move(Kind.NORMAL, () -> "writes the witness", RunMoves::witness);
      return;
    }
    if (run.writer.isEmpty()) {
      return;
    }
    var effect = run.writer.getFirst();
    switch (effect) {
      case Effect.ReadSent read ->
          done(
              effect,
              (w, r) -> {
                var page = w.store.sentBefore(r.fence.epoch(), read.after(), read.limit());
                w.tell(
                    r,
                    page.stream().allMatch(w.eligibility(r)::isAskedHere)
                        ? new Event.Recovered(page, page.size() < read.limit())
                        : new Event.Failed(effect, Finding.OTHER_ACCOUNT));
              });
      case Effect.Enqueue enqueue -> done(effect, RunMoves::enqueue);
      case Effect.ReadSiblings read ->
          done(
              effect,
              (w, r) -> {
                var page = w.store.siblingsInDoubt(r.fence.epoch(), read.after(), read.limit());
                var eligibility = w.eligibility(r);
                w.tell(
                    r,
                    new Event.SiblingsRead(
                        page.stream().filter(eligibility::isAskedHere).toList(),
                        page.stream()
                            .filter(a -> !eligibility.isAskedHere(a))
                            .map(billing.model.Attempt::key)
                            .toList(),
                        page.size() < read.limit()));
              });
      case Effect.Mark(var looked) ->
          done(
              effect,
              (w, r) -> {
                w.ownStore().lookedUp(looked, r.fence.epoch());
                w.tell(r, new Event.Marked());
              });
      case Effect.HoldDeclines hold -> done(effect, (w, r) -> w.tell(r, new Event.Held()));
      case Effect.Claim(var limit) -> claim(effect, limit);
      case Effect.Write(var outcomes) -> write(effect, outcomes);
      default -> throw new IllegalStateException("not the writer's: " + effect);
    }
  }

  /** The head of the writer's queue is done. */
  private void done(Effect effect, BiConsumer<World, SimRun> act) {
    move(
        Kind.NORMAL,
        () -> Words.of(effect),
        (w, r) -> {
          r.writer.removeFirst();
          act.accept(w, r);
        });
  }

  private static void enqueue(World world, SimRun run) {
    if (run.readAll) {
      world.tell(run, new Event.Queued(0, true));
      return;
    }
    run.readAll = true;
    var eligibility = world.eligibility(run);
    var added =
        world
            .ownStore()
            .enqueue(
                run.account,
                run.fence.epoch(),
                Config.TODAY,
                (invoice, past) -> eligibility.admit(invoice, past, Config.TODAY));
    world.tell(run, new Event.Queued(added, true));
  }

  /** The lock is looked at before a claim or a no, and may be lost between the two. */
  private boolean check(Effect effect) {
    if (run.checked || !world.config.locked() || !world.config.may(Fault.LOCK_LOST)) {
      return false;
    }
    if (world.holdsLock(run)) {
      move(
          Kind.NORMAL,
          () -> "looks whether the lock is its own",
          (w, r) -> {
            r.checked = true;
            r.permitFrom = w.now;
          });
    } else {
      done(effect, (w, r) -> w.tell(r, new Event.Failed(effect, Finding.LOCK_LOST)));
    }
    return true;
  }

  private void claim(Effect effect, int limit) {
    if (check(effect)) {
      return;
    }
    done(
        effect,
        (w, r) -> {
          var result = commitClaim(w, r, limit);
          switch (result) {
            case ClaimResult.Claimed claimed
                when w.config.may(Fault.RESTORE) && !claimed.sent().isEmpty() ->
                r.unwitnessed = claimed;
            case ClaimResult.Claimed claimed -> w.tell(r, event(claimed));
            case ClaimResult.Fenced f -> w.tell(r, fenced(effect, f.mine(), f.present()));
            case ClaimResult.Paused p -> w.tell(r, new Event.Failed(effect, Finding.PAUSED));
          }
        });
    lostCommit(effect, (w, r) -> commitClaim(w, r, limit));
  }

  private static Event fenced(Effect effect, Fence mine, @Nullable Fence present) {
    var back = WitnessRules.wentBack(mine, present);
    return new Event.Failed(effect, back ? Finding.WENT_BACK : Finding.FENCED);
  }

  private static Event event(ClaimResult.Claimed claimed) {
    return new Event.Claimed(claimed.sent(), claimed.nothingLeft(), claimed.nextNotBefore(), false);
  }

  private static void witness(World world, SimRun run) {
    var claimed = java.util.Objects.requireNonNull(run.unwitnessed);
    run.unwitnessed = null;
    world.witness = run.fence;
    world.witnessedAt = world.now;
    world.tell(run, event(claimed));
  }

  private static ClaimResult commitClaim(World world, SimRun run, int limit) {
    if (!run.checked) {
      run.permitFrom = world.now;
    }
    run.checked = false;
    var writes = new SimWrites(world.ownStore(), world.at());
    var eligibility = world.eligibility(run);
    billing.store.ClaimRequest.Judge judge =
        world.config.missing().contains(Config.Guard.RECHECK)
            ? (attempt, invoice) -> new billing.model.ClaimVerdict.Send(attempt.order())
            : eligibility::recheck;
    var fenced = !world.config.missing().contains(Config.Guard.FENCE);
    var request = new billing.store.ClaimRequest(limit, Config.TODAY, null, Map.of(), judge);
    var result =
        fenced ? writes.claim(run.fence, request) : writes.claimed(run.fence.epoch(), request);
    if (result instanceof ClaimResult.Claimed claimed) {
      run.fence = fenced ? SimStore.moved(run.fence) : run.fence;
      if (!claimed.sent().isEmpty()) {
        world.judgeFence(run, "claims");
        world.judgeClaim(claimed.sent());
      }
    }
    return result;
  }

  private void write(Effect effect, List<Outcome> outcomes) {
    if (check(effect)) {
      return;
    }
    done(
        effect,
        (w, r) -> {
          switch (commitWrite(w, r, outcomes)) {
            case Recorded.Written written -> w.tell(r, new Event.Written(written.written()));
            case Recorded.Fenced f -> w.tell(r, fenced(effect, f.mine(), f.present()));
          }
        });
    lostCommit(effect, (w, r) -> commitWrite(w, r, outcomes));
  }

  private static Recorded commitWrite(World world, SimRun run, List<Outcome> outcomes) {
    run.checked = false;
    var before = world.copy();
    var fenced = !world.config.missing().contains(Config.Guard.FENCE);
    var writes = new SimWrites(world.ownStore(), world.at());
    var result =
        fenced ? writes.record(run.fence, outcomes) : writes.recorded(run.fence.epoch(), outcomes);
    if (result instanceof Recorded.Written) {
      run.fence = fenced ? SimStore.moved(run.fence) : run.fence;
      if (outcomes.stream().anyMatch(o -> o.decision() instanceof Decision.No)) {
        world.judgeFence(run, "says no");
      }
      outcomes.forEach(before::judgeNo);
      if (before.broken != null) {
        world.violated(before.broken);
      }
    }
    return result;
  }

  /** Whether it was committed, the run never learns. */
  private void lostCommit(Effect effect, BiConsumer<World, SimRun> commit) {
    if (!world.has(Fault.COMMIT_LOST)) {
      return;
    }
    for (var committed : List.of(true, false)) {
      move(
          Kind.FAULT,
          () ->
              Words.of(effect)
                  + (committed ? ", which is committed" : ", which is not committed")
                  + ", and loses the database over it",
          (w, r) -> {
            w.spend(Fault.COMMIT_LOST);
            (effect instanceof Effect.Book ? r.booker : r.writer).removeFirst();
            r.checked = false;
            if (committed) {
              commit.accept(w, r);
            }
            w.tell(r, new Event.Failed(effect, Finding.DATABASE_LOST));
          });
    }
  }

  private void booker() {
    if (run.booker.isEmpty()) {
      return;
    }
    var effect = (Effect.Book) run.booker.getFirst();
    move(
        Kind.NORMAL,
        () -> Words.of(effect),
        (w, r) -> {
          r.booker.removeFirst();
          w.tell(r, book(w, r, effect));
        });
    lostCommit(effect, (w, r) -> book(w, r, effect));
  }

  private static Event book(World world, SimRun run, Effect.Book effect) {
    var outcomes = effect.outcomes();
    if (outcomes.stream().anyMatch(o -> world.store.row(o.key()) == null)) {
      return new Event.Failed(effect, Finding.BUG);
    }
    if (world.config.missing().contains(Config.Guard.LATE_APPROVAL)) {
      outcomes =
          outcomes.stream()
              .filter(o ->
                  java.util.Objects.requireNonNull(world.store.row(o.key())).attempt().state()
                      == billing.model.AttemptState.SENT)
              .toList();
    }
    var booked = SimBookings.book(world.ownStore(), run.fence.epoch(), outcomes);
    return new Event.Booked(booked.booked(), Set.copyOf(booked.notBookable().keySet()), false);
  }

  private void exchange(Exchange e) {
    switch (e.phase()) {
      case READY -> ready(e);
      case OUT -> out(e);
      case ANSWERED -> {
        var evidence = java.util.Objects.requireNonNull(e.evidence());
        hear(Kind.NORMAL, e, () -> "hears of " + e.key() + ": " + Words.of(evidence), evidence);
        if (world.has(Fault.REPLY_LOST) && e.effect() instanceof Effect.Send) {
          giveUp(e, unknown(), "the reply is lost");
        }
      }
    }
  }

  private void ready(Exchange e) {
    switch (e.effect()) {
      case Effect.Send send -> send(e);
      case Effect.Find find -> {
        ask(e);
        if (world.has(Fault.LOOKUP_FAILS)) {
          var failed = new Evidence.Found(List.of(lost()), Duration.ZERO, world.at());
          move(
              Kind.FAULT,
              () -> "looks " + e.key() + " up in vain",
              (w, r) -> {
                w.spend(Fault.LOOKUP_FAILS);
                r.exchanges.remove(e);
                w.tell(r, e.heard(failed));
              });
        }
      }
      case Effect.Close(var attempt, var id, var then) ->
          move(
              Kind.NORMAL,
              () -> Words.of(e.effect()),
              (w, r) -> {
                var reply = w.ownGateway().close(id, w.now);
                replace(r, e, e.now(Phase.ANSWERED, new Evidence.Closing(reply, then)));
              });
      default -> throw new IllegalStateException("no exchange: " + e.effect());
    }
  }

  private void send(Exchange e) {
    var valid = e.permitEnds() > world.now || world.config.missing().contains(Config.Guard.PERMIT);
    if (!valid) {
      hear(
          Kind.NORMAL,
          e,
          () -> "finds the permit for " + e.key() + " expired",
          new Evidence.Answer(new GatewayReply.NotCharged("the permit expired", Proof.TOO_LATE)));
      return;
    }
    move(
        Kind.NORMAL,
        () -> Words.of(e.effect()),
        (w, r) -> {
          w.judgeSend(e.attempt());
          replace(r, e, e.now(Phase.OUT, null));
          var ends = w.now + w.config.transit();
          w.add(new World.Request(r.no, e.attempt().order(), e.attempt().sendNo(), ends, false));
        });
    if (world.has(Fault.NEVER_LEFT)) {
      move(
          Kind.FAULT,
          () -> "cannot connect for " + e.key(),
          (w, r) -> {
            w.spend(Fault.NEVER_LEFT);
            r.exchanges.remove(e);
            w.tell(
                r,
                e.heard(
                    new Evidence.Answer(
                        new GatewayReply.NotCharged("connection refused", Proof.NEVER_LEFT))));
          });
    }
  }

  private void out(Exchange e) {
    var under = world.requests.stream().anyMatch(q -> q.run() == run.no && q.key().equals(e.key()));
    if (!under) {
      hear(Kind.NORMAL, e, () -> "waits in vain for a reply about " + e.key(), unknown());
    } else if (world.has(Fault.REPLY_LOST)) {
      giveUp(e, unknown(), "it waits no longer");
    }
  }

  private void giveUp(Exchange e, Evidence evidence, String why) {
    move(
        Kind.FAULT,
        () -> "hears nothing of " + e.key() + ", " + why,
        (w, r) -> {
          w.spend(Fault.REPLY_LOST);
          r.exchanges.remove(e);
          w.tell(r, e.heard(evidence));
        });
  }

  /** What is younger than the lag is shown or is not. */
  private void ask(Exchange e) {
    var young =
        world.gateway.of(e.key()).stream().anyMatch(t -> world.gateway.isYoung(t, world.now));
    for (var shown : young ? List.of(true, false) : List.of(true)) {
      move(
          Kind.NORMAL,
          () -> Words.of(e.effect()) + (shown ? "" : ", and the lookup lags behind"),
          (w, r) -> {
            w.judgeQuestion(r, e.key());
            var found = w.gateway.find(r.account, e.key(), w.now, txn -> shown);
            replace(r, e, e.now(Phase.ANSWERED, new Evidence.Found(found, Duration.ZERO, w.at())));
          });
    }
  }

  private void hear(Kind kind, Exchange e, Supplier<String> text, Evidence evidence) {
    move(
        kind,
        text,
        (w, r) -> {
          r.exchanges.remove(e);
          w.tell(r, e.heard(evidence));
        });
  }

  private static Evidence unknown() {
    return new Evidence.Answer(lost());
  }

  private static GatewayReply lost() {
    return new GatewayReply.Unknown("no reply", false);
  }

  static void replace(SimRun run, Exchange before, Exchange after) {
    run.exchanges = new ArrayList<>(run.exchanges);
    run.exchanges.replaceAll(e -> e.equals(before) ? after : e);
  }

  private void move(Kind kind, Supplier<String> text, BiConsumer<World, SimRun> act) {
    var no = run.no;
    moves.add(
        new Move(kind, () -> "run " + no + " " + text.get(), w -> act.accept(w, w.own(w.run(no)))));
  }
}
