package billing.store;

import billing.model.AdoptionVerdict;
import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Difference;
import billing.model.Fence;
import billing.model.Forgotten;
import billing.model.Invoice;
import billing.model.Outcome;
import billing.store.ClaimResult.Claimed;
import billing.store.FencedTransactions.Result;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of claims and noes. Every transaction begins with the fence; every result is
 * definite, also where the answer to a COMMIT was lost. For one thread at a time.
 */
public final class FencedWriter {

  private final FencedTransactions fenced;
  private final Claims claims;
  private final LockedInvoices lockedInvoices;
  private final Noes noes;
  private final Adoptions adoptions;
  private final Fence fence;
  private final long runNo;
  private final Apart claimsApart = new Apart();
  private final Apart noesApart = new Apart();

  public FencedWriter(Database database, AppSql app, Fence fence) {
    this(database, app, fence, false);
  }

  /**
   * The same.
   *
   * @param tellAdopted whether customers hear of what was adopted
   */
  public FencedWriter(Database database, AppSql app, Fence fence, boolean tellAdopted) {
    this.fenced = new FencedTransactions(database, fence);
    this.fence = fence;
    this.runNo = fence.epoch();
    this.claims = new Claims(app, runNo, new Totals());
    this.lockedInvoices = new LockedInvoices(database, claims, runNo);
    this.noes = new Noes(app, runNo, tellAdopted);
    this.adoptions = new Adoptions(app, runNo);
  }

  /** As it is now, for the witness. */
  public Fence fence() {
    return fenced.fence();
  }

  /** PENDING → SENT, durably, for up to as many attempts as asked. */
  public ClaimResult claim(ClaimRequest request) {
    try {
      var result = fenced.runUnlessPaused(handle -> claims.claim(handle, request));
      claimsApart.succeeded();
      lockedInvoices.passed();
      return result(result);
    } catch (AppRefused e) {
      return claimApart(request, e.attempts());
    } catch (DatabaseTrouble e) {
      if (e.kind() != DatabaseTrouble.Kind.BUSY) {
        throw e;
      }
      var locked = lockedInvoices.among(request, e);
      return result(fenced.run(handle -> lockedInvoices.postpone(handle, locked)));
    }
  }

  private ClaimResult claimApart(ClaimRequest request, List<Attempt> attempts) {
    var sum = new ClaimSum();
    var atFault =
        claimsApart.each(
            attempts,
            one -> {
              var only = request.only(one.order().invoiceId());
              var result = result(fenced.runUnlessPaused(h -> claims.claim(h, only)));
              return sum.add(result);
            },
            (one, refused) -> {
              var result = fenced.run(handle -> Noting.refuse(handle, one, refused.why(), runNo));
              return result instanceof Result.Done<List<Difference>>(var opened)
                  && sum.opened(opened);
            });
    return sum.result(atFault);
  }

  /**
   * A charge that the database forgot becomes SENT, without a send.
   *
   * @param today for the app's question whether its invoice is due
   * @param judge the rules, given the invoice as it is under its lock; null where it is not due
   * @param holdLetters whether what waits in the outbox waits for a person from that moment on,
   *     since the forgotten time may have sent it
   */
  public Adopted adopt(
      Forgotten forgotten,
      LocalDate today,
      BiFunction<Forgotten, @Nullable Invoice, AdoptionVerdict> judge,
      boolean holdLetters) {
    try {
      return switch (fenced.run(handle -> adopt(handle, forgotten, today, judge, holdLetters))) {
        case Result.Done<Adoptions.Done>(var done) ->
            done.adopted() != null
                ? new Adopted.Sent(done.adopted())
                : done.differs() ? new Adopted.Differs(done.opened()) : new Adopted.Moved();
        case Result.FencedOff<Adoptions.Done>(var mine, var present) ->
            new Adopted.Fenced(mine, present);
        case Result.Paused<Adoptions.Done>(var why) ->
            throw new IllegalStateException("a pause stops no adoption: " + why);
      };
    } catch (RuntimeException e) {
      // Another attempt of the invoice, or one with this transaction, came in between.
      if (ServerError.code(e) == ServerError.DUPLICATE) {
        return new Adopted.Moved();
      }
      throw e;
    }
  }

  /** What waits in the outbox waits for a person from now on; nothing, where we are fenced off. */
  public void holdLetters() {
    fenced.run(handle -> Runs.holdLetters(handle, fence));
  }

  private Adoptions.Done adopt(
      Handle handle,
      Forgotten forgotten,
      LocalDate today,
      BiFunction<Forgotten, @Nullable Invoice, AdoptionVerdict> judge,
      boolean holdLetters) {
    var done = adoptions.adopt(handle, forgotten, today, judge);
    if (holdLetters && (done.adopted() != null || !done.opened().isEmpty())) {
      Runs.holdLetters(handle, fence);
    }
    return done;
  }

  /** Noes, and what was learned about attempts that stay SENT. */
  public Recorded record(List<Outcome> outcomes) {
    if (outcomes.isEmpty()) {
      return new Recorded.Written(Set.of(), Set.of(), Map.of(), List.of(), false);
    }
    try {
      var result = fenced.run(handle -> noes.write(handle, outcomes));
      noesApart.succeeded();
      return switch (result) {
        case Result.Done<Noes.Done>(var done) ->
            new Recorded.Written(done.written(), done.moved(), Map.of(), done.differences(), false);
        case Result.FencedOff<Noes.Done>(var mine, var present) ->
            new Recorded.Fenced(mine, present);
        case Result.Paused<Noes.Done>(var why) ->
            throw new IllegalStateException("a pause stops no no: " + why);
      };
    } catch (AppRefused e) {
      return recordApart(outcomes);
    } catch (DatabaseTrouble e) {
      if (e.kind() != DatabaseTrouble.Kind.BUSY) {
        throw e;
      }
      return recordApart(outcomes);
    }
  }

  private Recorded recordApart(List<Outcome> outcomes) {
    var written = new HashSet<ChargeKey>();
    var moved = new HashSet<ChargeKey>();
    var refusals = new HashMap<ChargeKey, String>();
    var differences = new ArrayList<Difference>();
    var fencedOff = new AtomicReference<Recorded.@Nullable Fenced>();
    var atFault =
        noesApart.each(
            outcomes,
            one -> {
              var result = recordAlone(one);
              if (result instanceof Result.Done<Noes.Done>(var done)) {
                written.addAll(done.written());
                moved.addAll(done.moved());
                differences.addAll(done.differences());
                return true;
              }
              if (result instanceof Result.FencedOff<Noes.Done>(var mine, var present)) {
                fencedOff.set(new Recorded.Fenced(mine, present));
              }
              return false;
            },
            (one, refused) -> {
              refusals.put(one.key(), refused.why());
              var result = fenced.run(handle -> note(handle, one, refused.why()));
              return result instanceof Result.Done<List<Difference>>(var opened)
                  && !opened.isEmpty();
            });
    var fenced = fencedOff.get();
    if (fenced != null && written.isEmpty() && moved.isEmpty() && refusals.isEmpty()) {
      return fenced;
    }
    return new Recorded.Written(written, moved, refusals, differences, atFault);
  }

  private Result<Noes.Done> recordAlone(Outcome one) {
    try {
      return fenced.run(handle -> noes.write(handle, List.of(one)));
    } catch (DatabaseTrouble e) {
      throw e.kind() == DatabaseTrouble.Kind.BUSY ? AppRefused.of(e) : e;
    }
  }

  /** The answer on record, though the departure was refused: it stays SENT. */
  private List<Difference> note(Handle handle, Outcome outcome, String why) {
    var row = AttemptRow.lock(handle, List.of(outcome.key())).get(outcome.key());
    if (row == null || !noes.finds(row.attempt(), outcome)) {
      return List.of();
    }
    var evidence = outcome.evidence() + "; not written: " + why;
    Noting.note(handle, row.attempt(), outcome.sends(), evidence, runNo);
    return Noting.refuse(handle, row.attempt(), why, runNo);
  }

  private static ClaimResult result(Result<Claimed> result) {
    return switch (result) {
      case Result.Done<Claimed>(var claimed) -> claimed;
      case Result.FencedOff<Claimed>(var mine, var present) ->
          new ClaimResult.Fenced(mine, present);
      case Result.Paused<Claimed>(var why) -> new ClaimResult.Paused(why);
    };
  }

  /** Several claims, each of one attempt, told as one. */
  private static final class ClaimSum {
    private final List<Attempt> sent = new ArrayList<>();
    private final List<Attempt> cancelled = new ArrayList<>();
    private final List<Difference> differences = new ArrayList<>();
    private @Nullable Currency overTotal;
    private @Nullable ClaimResult ended;

    boolean add(ClaimResult result) {
      switch (result) {
        case Claimed claimed -> {
          sent.addAll(claimed.sent());
          cancelled.addAll(claimed.cancelled());
          differences.addAll(claimed.differences());
          overTotal = claimed.overTotal() == null ? overTotal : claimed.overTotal();
        }
        case ClaimResult.Fenced fenced -> ended = fenced;
        case ClaimResult.Paused paused -> ended = paused;
      }
      return ended == null;
    }

    boolean opened(List<Difference> opened) {
      return differences.addAll(opened);
    }

    ClaimResult result(boolean atFault) {
      if (ended != null && sent.isEmpty() && cancelled.isEmpty()) {
        return ended;
      }
      return new Claimed(sent, cancelled, differences, false, overTotal, null, atFault);
    }
  }
}
