package billing.modelcheck;

import billing.model.AttemptState;
import billing.model.Decision;
import billing.model.DifferenceKind;
import billing.model.GatewayReply;
import billing.model.Outcome;
import billing.model.Sends;
import billing.modelcheck.Move.Kind;
import billing.modelcheck.SimGateway.State;
import billing.modelcheck.SimStore.Row;
import billing.rules.FormerRules;
import billing.rules.Resolution.Allowed;
import billing.rules.ResolveRules;
import billing.rules.ResolveRules.Charged;
import billing.rules.ResolveRules.NotCharged.Cancel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a person may say about each attempt: all that the production rules let him say, whether it
 * is true or not, but of an account that is asked no more only what it shows.
 */
final class PersonMoves {

  private final World world;
  private final List<Move> moves;
  private final ResolveRules rules;
  private final FormerRules former;

  PersonMoves(World world, List<Move> moves) {
    this.world = world;
    this.moves = moves;
    rules = new ResolveRules(world.config.trusted());
    former = new FormerRules(world.config.trusted(), world.store.account, world.store.installation);
  }

  void add() {
    for (var row : world.store.rows) {
      if (former.isFormer(row.attempt())) {
        nothingThere(row);
      } else {
        notCharged(row);
        charged(row);
      }
    }
  }

  private List<GatewayReply> found(Row row) {
    return world.gateway.find(world.store.account, row.key(), world.now, txn -> true);
  }

  private void notCharged(Row row) {
    var attempt = row.attempt();
    if (rules.notChargedAlready(attempt, world.at()).isEmpty()
        && rules.notCharged(attempt, found(row), Duration.ZERO)
            instanceof Allowed(Cancel(var sends), var says)) {
      move(
          () -> "a person resolves " + row.key() + " as not charged",
          w -> {
            w.judgeWord(row.key());
            var run = w.raise(0).epoch();
            var cancelled = SimWrites.in(attempt, AttemptState.CANCELLED, sends, run);
            var store = w.ownStore();
            store.replace(SimWrites.with(row, cancelled, null));
            store.gone(DifferenceKind.NOT_BOOKABLE, row.key().value());
          });
    }
  }

  private void charged(Row row) {
    var attempt = row.attempt();
    for (var txn : world.gateway.of(row.key())) {
      if (ResolveRules.chargedAlready(attempt, txn.id()).isEmpty()
          && ResolveRules.charged(attempt, txn.id(), found(row))
              instanceof Allowed(var charged, var says)) {
        move(
            () -> "a person resolves %s as charged by %s".formatted(row.key(), txn.id()),
            w -> settle(w, row, charged));
      }
    }
  }

  private static void settle(World world, Row row, Charged charged) {
    var run = world.raise(0).epoch();
    var attempt = row.attempt();
    var store = world.ownStore();
    if (attempt.state() == AttemptState.REVIEW) {
      store.replace(
          row.with(
              SimWrites.in(attempt, AttemptState.SENT, attempt.sends(), run),
              row.asOf(),
              row.taken()));
    }
    var settles = new ArrayList<>(List.of(charged.settle()));
    settles.addAll(charged.twins());
    for (var settle : settles) {
      var sends = attempt.sends().with(attempt.sendNo(), Sends.Mark.APPROVED);
      SimBookings.book(store, run, List.of(outcome(row, sends, settle)));
    }
  }

  private static Outcome outcome(Row row, Sends sends, Decision decision) {
    return new Outcome(row.key(), row.attempt().sendNo(), sends, decision, "a person");
  }

  /** A former account shows him that an attempt which ended charged nothing. */
  private void nothingThere(Row row) {
    var attempt = row.attempt();
    if (former.notChargedAlready(attempt, world.at()).isEmpty()
        && world.gateway.of(row.key()).stream()
            .allMatch(t -> t.state() == State.DECLINED || t.state() == State.CLOSED)
        && former.notCharged(attempt, found(row)) instanceof Allowed(var sends, var says)) {
      move(
          () -> "a person has seen nothing charged of " + row.key() + " at its account",
          w -> {
            w.judgeWord(row.key());
            var run = w.raise(0).epoch();
            var seen = SimWrites.in(attempt, attempt.state(), sends, run);
            w.ownStore().replace(row.with(seen, row.asOf(), row.taken()));
          });
    }
  }

  private void move(Supplier<String> text, Consumer<World> act) {
    moves.add(
        new Move(
            Kind.FAULT,
            text,
            w -> {
              w.spend(Fault.RESOLVE);
              act.accept(w);
            }));
  }
}
