package billing.modelcheck;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One thing that can happen next.
 *
 * @param text what it is, for a story
 * @param act does it, to a copy of the world
 */
record Move(Kind kind, Supplier<String> text, Consumer<World> act) {

  enum Kind {
    /** The orderly course of things. */
    NORMAL,
    /** A second passes. */
    TIME,
    FAULT
  }

  World in(World world) {
    var next = world.copy();
    act.accept(next);
    return next;
  }
}
