package billing.store;

import billing.model.AdoptionVerdict;
import billing.model.AdoptionVerdict.Adopt;
import billing.model.ChargeKey;
import billing.model.Difference;
import billing.model.Forgotten;
import billing.model.Invoice;
import billing.model.Listed;
import billing.model.Remembered;
import java.time.LocalDate;
import java.util.List;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The inside of the transaction in which a charge that the database forgot comes back as SENT,
 * after the fence. Nothing is sent by it, and what became of the charge is for the lookup to say.
 */
final class Adoptions {

  private static final Sql ADOPT = Sql.load("attempt/adopt");
  private static final Sql ADOPT_PENDING = Sql.load("attempt/adopt_pending");
  private static final Sql NOW = Sql.load("run/now");

  /** What came of one: a key that is SENT now, or differences; neither where a row has moved. */
  record Done(@Nullable ChargeKey adopted, boolean differs, List<Difference> opened) {}

  private static final String FORGOTTEN = "found in the gateway's listing, and forgotten here";

  private final AppSql app;
  private final long runNo;

  Adoptions(AppSql app, long runNo) {
    this.app = app;
    this.runNo = runNo;
  }

  /**
   * Judges one with its invoice under lock, and writes what follows.
   *
   * @param today for the app's question whether the invoice is due
   */
  Done adopt(
      Handle handle,
      Forgotten forgotten,
      LocalDate today,
      BiFunction<Forgotten, @Nullable Invoice, AdoptionVerdict> judge) {
    var lead = forgotten.lead();
    var due = lead == null ? null : app.stillDue(handle, lead.invoiceId(), today);
    return switch (judge.apply(forgotten, due)) {
      case AdoptionVerdict.Differs(var difference) ->
          new Done(
              null,
              true,
              Differences.open(handle, List.of(Differences.found(difference)), runNo, false));
      case Adopt adopt -> {
        var key = adopt.order().key();
        var moved =
            (forgotten.rival() != null && !cancel(handle, forgotten.rival(), key))
                || !write(handle, forgotten, adopt, due);
        yield new Done(moved ? null : key, false, List.of());
      }
    };
  }

  /** False where it moved since it was read; nothing else is written then. */
  private boolean cancel(Handle handle, Remembered pending, ChargeKey adopted) {
    var why = adopted + " of the same invoice was found at the gateway";
    return new Cancellations().because(pending.id(), why).write(handle, runNo) == 1;
  }

  private boolean write(Handle handle, Forgotten forgotten, Adopt adopt, @Nullable Invoice due) {
    var listed = forgotten.listed();
    if (forgotten.neverSent() != null) {
      var row = row(handle, listed, adopt, due, FORGOTTEN);
      return handle.createUpdate(ADOPT_PENDING.text()).bindMethods(row).execute() == 1;
    }
    insert(handle, listed, adopt, due, FORGOTTEN);
    return true;
  }

  /** A new attempt, SENT. */
  void insert(Handle handle, Listed listed, Adopt adopt, @Nullable Invoice due, String evidence) {
    var row = row(handle, listed, adopt, due, evidence);
    var rows =
        handle
            .createUpdate(ADOPT.text())
            .bindMethodsList("attempts", List.of(row), AdoptedAttempt.COLUMNS)
            .execute();
    Counts.expect(ADOPT, 1, rows);
  }

  private AdoptedAttempt row(
      Handle handle, Listed listed, Adopt adopt, @Nullable Invoice due, String evidence) {
    var now = handle.createQuery(NOW.text()).map((r, context) -> r.getString(1)).one();
    return AdoptedAttempt.of(adopt, listed, due, evidence, runNo, now);
  }
}
