package billing.store;

import billing.model.Account;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Invoice;
import billing.model.Money;
import billing.model.Remembered;
import billing.model.Told;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway's listing of one account is held against, a page at a time, and how far that
 * got. Every question is one statement, however many it is about.
 */
public final class Comparisons {

  private static final Sql KNOWN = Sql.load("comparison/known");
  private static final Sql SETTLED = Sql.load("comparison/settled");
  private static final Sql NOTED = Sql.load("comparison/noted");
  private static final Sql FITS = Sql.load("comparison/fits");
  private static final Sql OPEN = Sql.load("comparison/open");
  private static final Sql WATERMARK = Sql.load("comparison/watermark");
  private static final Sql ENROLLED = Sql.load("comparison/enrolled");
  private static final Sql LISTED = Sql.load("comparison/listed");

  private static final RowMapper<Remembered> REMEMBERED = Comparisons::remembered;

  private final Database database;
  private final AppSql app;
  private final Account account;
  private final String installation;

  public Comparisons(Database database, AppSql app, Account account, String installation) {
    this.database = database;
    this.app = app;
    this.account = account;
    this.installation = installation;
  }

  /** Every attempt with one of these transactions, keys or invoices, once. */
  public List<Remembered> known(
      Collection<String> transactions, Collection<String> keys, Collection<String> invoiceIds) {
    var found = new LinkedHashMap<Long, Remembered>();
    database
        .read(handle ->
            handle
                .createQuery(KNOWN.text())
                .bind("gateway", account.gateway())
                .bind("account_id", accountId())
                .bindList("transactions", never(transactions))
                .bindList("charge_keys", never(keys))
                .bindList("invoice_ids", never(invoiceIds))
                .map(REMEMBERED)
                .list())
        .forEach(one -> found.put(one.id(), one));
    return List.copyOf(found.values());
  }

  /** Those of these transactions of which a person was told as unknown or as one too many. */
  public Map<String, Told> noted(Collection<String> transactions) {
    var told = new HashMap<String, Told>();
    database
        .read(handle ->
            handle
                .createQuery(NOTED.text())
                .bindList("transactions", never(transactions))
                .map((row, context) ->
                    Map.entry(row.getString("subject"), Told.valueOf(row.getString("state"))))
                .list())
        // Of both kinds about one, what still waits weighs more.
        .forEach(one -> told.merge(one.getKey(), one.getValue(), (a, b) -> a == Told.OPEN ? a : b));
    return told;
  }

  /** Those of these transactions that the app's books have. */
  public Set<String> inBooks(Collection<String> transactions) {
    return database.read(handle -> app.inBooks(handle, transactions));
  }

  /**
   * What was booked after the given one and before that time: a page in the order of booking.
   *
   * @param afterId the {@link Remembered#id} of the last of the page before; 0 on the first
   */
  public List<Remembered> settled(Instant after, long afterId, Instant until, int limit) {
    return database.read(handle ->
        handle
            .createQuery(SETTLED.text())
            .bind("gateway", account.gateway())
            .bind("account_id", accountId())
            .bind("installation", installation)
            .bind("after", Times.text(after))
            .bind("after_id", afterId)
            .bind("until", Times.text(until))
            .bind("limit", limit)
            .map(REMEMBERED)
            .list());
  }

  /** A page of what is due, read only. */
  public List<Invoice> due(@Nullable String after, int limit, LocalDate asOf) {
    return database.read(handle -> new DuePages(app, asOf, limit).read(handle, after));
  }

  /** Where the last invoice of a page was the last of one before. */
  public DatabaseTrouble gaveTwice(String invoiceId) {
    return app.gaveTwice(invoiceId);
  }

  /** Those of these invoices that are due. */
  public Set<String> stillDue(Collection<String> invoiceIds, LocalDate asOf) {
    // The file locks what it reads, until the session goes back a moment later.
    return database.read(handle ->
        Set.copyOf(
            handle
                .createQuery(app.lock().sql())
                .bindList("invoice_ids", never(invoiceIds))
                .bind("as_of", asOf.toString())
                .map((row, context) -> Invoices.map(row).id())
                .list()));
  }

  /** When the newest complete listing was begun; empty: this account was never listed. */
  public Optional<Instant> watermark() {
    return moment(WATERMARK);
  }

  /** When this account was pinned; empty: the database does not say. */
  public Optional<Instant> enrolled() {
    return moment(ENROLLED);
  }

  private Optional<Instant> moment(Sql ofTheAccount) {
    return database
        .read(handle ->
            bindAccount(handle.createQuery(ofTheAccount.text()))
                .bind("installation", installation)
                .map((row, context) -> Optional.ofNullable(row.getString(1)))
                .one())
        .map(Times::instant);
  }

  /** A listing without a gap behind the one before it is complete. */
  public void listed(long runNo, Instant from, Instant until, long transactions) {
    new Settled(database)
        .run(handle ->
            handle
                .createUpdate(LISTED.text())
                .bind("run", runNo)
                .bind("gateway", account.gateway())
                .bind("account_id", accountId())
                .bind("live_mode", account.live() ? 1 : 0)
                .bind("listed_from", Times.text(from))
                .bind("listed_until", Times.text(until))
                .bind("transactions", transactions)
                .execute());
  }

  /** Opens what is new of these; what stands already is marked as seen. */
  public List<Difference> open(Collection<Difference> found, long runNo) {
    var rows = found.stream().map(Differences::found).toList();
    return rows.isEmpty()
        ? List.of()
        : new Settled(database).run(handle -> Differences.open(handle, rows, runNo, false));
  }

  /**
   * Nothing is wrong any more with these transactions and attempts.
   *
   * @return how many differences closed because of that
   */
  public int fits(Collection<String> transactions, Collection<String> keys, long runNo) {
    return new Settled(database)
        .run(handle ->
            handle
                .createUpdate(FITS.text())
                .bind("run", runNo)
                .bindList("transactions", never(transactions))
                .bindList("charge_keys", never(keys))
                .execute());
  }

  /** A page of the open differences of these kinds, by number. */
  public List<DifferenceRow> open(Set<DifferenceKind> kinds, long after, int limit) {
    return database.read(handle ->
        handle
            .createQuery(OPEN.text())
            .bindList("kinds", kinds.stream().map(DifferenceKind::name).sorted().toList())
            .bind("after", after)
            .bind("limit", limit)
            .map(DifferenceRow.MAPPER)
            .list());
  }

  /** These have closed by themselves. */
  public void gone(Collection<Long> ids, long runNo) {
    if (!ids.isEmpty()) {
      new Settled(database)
          .run(handle -> {
            Differences.gone(handle, ids, runNo);
            return ids.size();
          });
    }
  }

  private String accountId() {
    return AccountColumns.id(account);
  }

  private org.jdbi.v3.core.statement.Query bindAccount(org.jdbi.v3.core.statement.Query query) {
    return query
        .bind("gateway", account.gateway())
        .bind("account_id", accountId())
        .bind("live_mode", account.live() ? 1 : 0);
  }

  /** A list in SQL is never empty; the empty text is nobody's name. */
  private static List<String> never(Collection<String> values) {
    return values.isEmpty() ? List.of("") : values.stream().distinct().sorted().toList();
  }

  private static Remembered remembered(ResultSet row, StatementContext context)
      throws SQLException {
    var attempt = AttemptRow.MAPPER.map(row, context);
    var taken = row.getBigDecimal("settled_amount");
    var currency = attempt.attempt().order().amount().currency();
    return new Remembered(
        attempt.id(),
        attempt.attempt(),
        Objects.requireNonNull(Database.instant(row, "created_at")),
        taken == null ? null : Money.exactly(taken, currency).orElse(null),
        Database.instant(row, "settled_at"),
        attempt.adopted(),
        attempt.released());
  }
}
