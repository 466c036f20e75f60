package billing.modelcheck;

import billing.model.Account;
import billing.model.ChargeKey;
import billing.model.Fence;
import billing.model.Looked;
import billing.model.Outcome;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is done to the real store and to the simulated one. A run goes by its place among
 * those begun.
 */
sealed interface StoreCall {

  record Begin(long above, Account account) implements StoreCall {}

  record Enqueue(int run) implements StoreCall {}

  record Claim(int run, As as, int limit, @Nullable Set<String> only) implements StoreCall {}

  record Say(int run, As as, List<Outcome> outcomes) implements StoreCall {}

  record Book(int run, List<Outcome> settles) implements StoreCall {}

  record ReadSent(int run, @Nullable ChargeKey after, int limit) implements StoreCall {}

  record ReadSiblings(int run, @Nullable ChargeKey after, int limit) implements StoreCall {}

  record LookedUp(int run, List<Looked> looked) implements StoreCall {}

  /** The app changes what is due of an invoice, in cents. */
  record Owe(String invoice, long cents) implements StoreCall {}

  record PayElsewhere(String invoice) implements StoreCall {}

  record ChangeCard(String invoice, @Nullable String card) implements StoreCall {}

  record Pause(boolean on) implements StoreCall {}

  /** Everything that waits has waited long enough. */
  record LetTimePass() implements StoreCall {}

  /** By which fence a run claims or says no: its own, or one that is wrong in one part. */
  enum As {
    ITSELF,
    ANOTHER_HOLDER,
    ANOTHER_EPOCH,
    A_STEP_BEHIND,
    A_STEP_AHEAD;

    Fence of(Fence own) {
      return switch (this) {
        case ITSELF -> own;
        case ANOTHER_HOLDER -> new Fence(own.epoch(), "somebody", own.seq());
        case ANOTHER_EPOCH -> new Fence(own.epoch() + 1, own.holder(), own.seq());
        case A_STEP_BEHIND -> own.moved(own.seq() - 1);
        case A_STEP_AHEAD -> own.moved(own.seq() + 1);
      };
    }
  }
}
