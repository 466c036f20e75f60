package billing.modelcheck;

import billing.model.AdoptionVerdict;
import billing.model.AdoptionVerdict.Adopt;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Fence;
import billing.model.Forgotten;
import billing.model.Known;
import billing.model.Listed;
import billing.model.Remembered;
import billing.model.Sends;
import billing.model.Told;
import billing.modelcheck.SimStore.Found;
import billing.modelcheck.SimStore.Row;
import billing.rules.AdoptionRules;
import billing.rules.Compared;
import billing.rules.Comparison;
import billing.rules.Late;
import billing.rules.WitnessRules;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The production rules about the gateway's listing, given what the model's database knows: what a
 * run sees by it before its first send, and what a reconciliation makes of it, in one step.
 */
final class SimListing {

  private final World world;
  private final Comparison comparison;
  private final AdoptionRules adoption;

  SimListing(World world) {
    this.world = world;
    var store = world.store;
    comparison = new Comparison(store.prefix, store.installation);
    adoption = new AdoptionRules(store.installation, store.account, store.protocol, ZoneOffset.UTC);
  }

  /** Whether it has a charge behind which the database went back, so that a run refuses. */
  boolean isAhead() {
    return listing().stream()
        .map(this::judge)
        .anyMatch(compared ->
            switch (compared) {
              case Compared.Forgot f -> true;
              case Compared.Late(var ended, var listed) -> ended.neverSent();
              case Compared.Fits f -> false;
              case Compared.Nothing n -> false;
              case Compared.Noted n -> false;
              case Compared.Elsewhere e -> false;
              case Compared.Foreign f -> false;
              case Compared.Differs d -> false;
            });
  }

  /** What the gateway has and the database forgot is adopted; the witness is behind again. */
  static void reconcile(World world) {
    var fence = world.raise(WitnessRules.highest(world.sight()));
    var listing = new SimListing(world);
    var first = listing.round(fence, false);
    if (first.waiting() > 0) {
      if (first.adopted() > 0) {
        throw new IllegalStateException("no doubt is looked up between two rounds here");
      }
      listing.round(fence, true);
    }
    world.witness = world.store.fence;
  }

  private record Round(int adopted, int waiting) {}

  /** All of it is judged before anything is written, as a page is. */
  private Round round(Fence fence, boolean gapsAllowed) {
    var all = listing().stream().map(this::judge).toList();
    var adopted = 0;
    var waiting = 0;
    for (var compared : all) {
      switch (compared) {
        case Compared.Forgot(var forgotten) when !forgotten.inOrder() && !gapsAllowed -> waiting++;
        case Compared.Forgot(var forgotten) -> adopted += adopt(forgotten, fence) ? 1 : 0;
        case Compared.Noted(var forgotten) -> adopted += adoptIfDue(forgotten, fence) ? 1 : 0;
        case Compared.Late(var ended, var listed) -> late(ended, listed, fence);
        case Compared.Differs(var difference) -> open(List.of(difference), fence);
        case Compared.Fits f -> {}
        case Compared.Nothing n -> {}
        case Compared.Elsewhere e -> throw new IllegalStateException("every charge is ours: " + e);
        case Compared.Foreign f -> throw new IllegalStateException("every charge is ours: " + f);
      }
    }
    return new Round(adopted, waiting);
  }

  private List<Listed> listing() {
    return world.gateway.listing(world.store.account);
  }

  private Compared judge(Listed listed) {
    return comparison.judge(listed, known(listed), Instant.EPOCH);
  }

  /** Comparisons.known and noted, about one. */
  private Known known(Listed listed) {
    var all = remembered();
    var lead = comparison.lead(listed).orElse(null);
    return new Known(
        first(all, one -> listed.transactionId().equals(one.attempt().transactionId())),
        first(all, one -> one.key().value().equals(listed.echo().chargeKey())),
        lead == null
            ? List.of()
            : all.stream()
                .filter(one -> one.attempt().order().invoiceId().equals(lead.invoiceId()))
                .toList(),
        told(listed));
  }

  private List<Remembered> remembered() {
    var rows = world.store.rows;
    return IntStream.range(0, rows.size())
        .mapToObj(id -> {
          var row = rows.get(id);
          return new Remembered(
              id, row.attempt(), Instant.EPOCH, row.taken(), null, row.adopted(), false);
        })
        .toList();
  }

  private static @Nullable Remembered first(
      List<Remembered> all, java.util.function.Predicate<Remembered> which) {
    return all.stream().filter(which).findFirst().orElse(null);
  }

  private Told told(Listed listed) {
    var about = Set.of(DifferenceKind.UNKNOWN_HERE, DifferenceKind.CHARGED_TWICE);
    return world.store.differences.stream()
            .map(SimStore.Open::difference)
            .anyMatch(d -> about.contains(d.kind()) && d.subject().equals(listed.transactionId()))
        ? Told.OPEN
        : Told.NOT;
  }

  private boolean adoptIfDue(Forgotten forgotten, Fence fence) {
    var lead = forgotten.lead();
    return lead != null && world.store.due(lead.invoiceId()) != null && adopt(forgotten, fence);
  }

  /** FencedWriter.adopt; false where it is a difference. */
  private boolean adopt(Forgotten forgotten, Fence fence) {
    var lead = forgotten.lead();
    var due = lead == null ? null : world.store.due(lead.invoiceId());
    return switch (adoption.adopt(forgotten, due)) {
      case Adopt adopt -> {
        write(forgotten, adopt, fence);
        yield true;
      }
      case AdoptionVerdict.Differs(var difference) -> {
        open(List.of(difference), fence);
        yield false;
      }
    };
  }

  private void write(Forgotten forgotten, Adopt adopt, Fence fence) {
    var listed = forgotten.listed();
    var attempt =
        new Attempt(
            adopt.order(),
            AttemptState.SENT,
            1,
            Sends.NONE.begin(),
            listed.at(),
            listed.at(),
            listed.transactionId(),
            null,
            adopt.declinesBefore(),
            adopt.firstDeclinedOn(),
            fence.epoch());
    var store = world.ownStore();
    var rival = forgotten.rival();
    if (rival != null) {
      SimWrites.cancel(store, Objects.requireNonNull(store.row(rival.key())), fence.epoch());
    }
    var row = new Row(attempt, null, false, null, adopt.asOf(), 0, true, null);
    if (forgotten.neverSent() != null) {
      store.replace(row);
    } else {
      store.rows.add(row);
    }
  }

  /** Looked at under its key before it is booked. */
  private void late(Remembered ended, Listed listed, Fence fence) {
    var found = world.gateway.find(world.store.account, ended.key(), world.now, txn -> true);
    var late = Late.of(ended.attempt(), found);
    open(late.differences(), fence);
    var outcome = late.outcome(found);
    if (outcome.isPresent()) {
      SimBookings.book(world.ownStore(), fence.epoch(), List.of(outcome.get()));
    } else if (!late.clear() && late.differences().isEmpty()) {
      open(List.of(Comparison.mayStand(listed, ended)), fence);
    }
  }

  private void open(Collection<Difference> differences, Fence fence) {
    var found = new ArrayList<Found>();
    differences.forEach(difference -> found.add(new Found(difference, null)));
    if (!found.isEmpty()) {
      world.ownStore().open(found, false, fence.epoch());
    }
  }
}
