package billing.modelcheck;

import billing.model.AttemptState;
import billing.modelcheck.Form.Print;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What follows when nothing goes wrong any more: the requests that are under way arrive, one
 * orderly run follows the other, and after a few of them nothing is left to do. Then I5 to I7 are
 * judged.
 */
final class Drain {

  /** Something is violated, or does not end; and how it came to that. */
  record Trouble(String violation, List<String> story) {}

  private static final int MOST_RUNS = 12;
  private static final int MOST_MOVES = 300;

  /** Longer than any horizon or wait of a model, so that the next run finds all of it over. */
  private static final int BETWEEN_RUNS = 14;

  private final Set<Print> known;
  private final Set<Print> own = new HashSet<>();
  private final List<String> story = new ArrayList<>();
  private World world;

  /**
   * From a state.
   *
   * @param known forms that are known to end well; those on the way are added
   */
  Drain(World world, Set<Print> known) {
    this.world = world.copy();
    this.world.spendAll();
    this.known = known;
  }

  @Nullable Trouble run() {
    for (int runs = 0; runs < MOST_RUNS; runs++) {
      rest();
      if (world.broken != null) {
        return new Trouble(world.broken, story);
      }
      var print = world.restingForm();
      if (known.contains(print)) {
        known.addAll(own);
        return null;
      }
      own.add(print);
      if (isOver()) {
        var wrong = Judge.atTheEnd(world);
        known.addAll(own);
        return wrong == null ? null : new Trouble(wrong, story);
      }
      oneRun();
      if (world.broken != null) {
        return new Trouble(world.broken, story);
      }
      if (!world.runs.isEmpty()) {
        return new Trouble("an orderly run does not end", story);
      }
    }
    return new Trouble("orderly runs do not bring it to an end", story);
  }

  /** No run, nothing under way, and nothing that the next run would do. */
  private boolean isOver() {
    return world.requests.isEmpty()
        && !world.isRefused()
        && world.store.rows.stream()
            .filter(row -> !Judge.waitsForAnotherAccount(world, row))
            .map(row -> row.attempt().state())
            .noneMatch(s -> s == AttemptState.PENDING || s == AttemptState.SENT)
        && Judge.forgotten(world) == null;
  }

  /** What is under way arrives, and time passes. */
  private void rest() {
    while (step(false)) {}
    if (world.requests.isEmpty() && world.broken == null) {
      take(
          new Move(
              Move.Kind.TIME, () -> BETWEEN_RUNS + " seconds pass", w -> w.now += BETWEEN_RUNS));
      while (step(false)) {}
    }
  }

  private void oneRun() {
    step(true);
    for (int i = 0; i < MOST_MOVES && !world.runs.isEmpty(); i++) {
      if (!step(false)) {
        pass();
      }
    }
  }

  /** The first orderly move that leads somewhere new; false where there is none. */
  private boolean step(boolean begin) {
    var before = world.form();
    for (var move : Moves.orderly(world, begin)) {
      if (move.kind() == Move.Kind.NORMAL) {
        var next = move.in(world);
        if (next.broken != null || !next.form().equals(before)) {
          take(move);
          return true;
        }
      }
    }
    return false;
  }

  private void pass() {
    Moves.orderly(world, false).stream()
        .filter(move -> move.kind() == Move.Kind.TIME)
        .findFirst()
        .ifPresent(this::take);
  }

  private void take(Move move) {
    story.add(move.text().get());
    world = move.in(world);
  }
}
