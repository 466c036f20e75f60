package billing.store;

import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Invoice;
import billing.model.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What customers have to be told. A mail is leased before it is handed out, so that two senders do
 * not have it at once; a sender that dies leaves it to the next after the lease.
 */
public final class Outbox {

  /** Which letter it is. */
  public enum Kind {
    ACCEPTED,
    DECLINED
  }

  /**
   * One mail in hand.
   *
   * @param key the seed of its Message-ID, together with the kind
   * @param invoice the app's row as read at the claim
   * @param triedAgain whether a later attempt of the invoice has been sent and is not decided
   * @param tries how often it was begun, this time included
   */
  public record Mail(
      long id,
      Kind kind,
      ChargeKey key,
      Money amount,
      Invoice invoice,
      Instant decidedAt,
      @Nullable LocalDate retryOn,
      boolean triedAgain,
      int tries) {}

  /** Mails in hand until the lease runs out. */
  public record Lease(String name, List<Mail> mails) {}

  /** How many are not told yet. */
  public record Waiting(long ready, long held, long undeliverable) {}

  private static final Sql PICK = Sql.load("outbox/pick");
  private static final Sql OVERTAKEN = Sql.load("outbox/overtaken");
  private static final Sql VOID = Sql.load("outbox/void");
  private static final Sql LEASE = Sql.load("outbox/lease");
  private static final Sql LEASED = Sql.load("outbox/leased");
  private static final Sql SENT = Sql.load("outbox/sent");
  private static final Sql FORGET = Sql.load("outbox/forget_invoice");
  private static final Sql LATER = Sql.load("outbox/later");
  private static final Sql GIVE_BACK = Sql.load("outbox/give_back");
  private static final Sql UNDELIVERABLE = Sql.load("outbox/undeliverable");
  private static final Sql RELEASE = Sql.load("outbox/release");
  private static final Sql COUNTS = Sql.load("outbox/counts");

  private final Settled settled;
  private final Database database;

  public Outbox(Database database) {
    this.database = database;
    this.settled = new Settled(database);
  }

  /** Takes up to so many in hand, for so long. An empty lease: nothing can be sent now. */
  public Lease lease(Duration duration, int limit) {
    var name = UUID.randomUUID().toString();
    var picked = new ArrayList<Long>();
    return settled.run(handle -> {
      // Where the answer to COMMIT was lost, they are in hand already.
      var mails = leased(handle, name, picked);
      if (!mails.isEmpty()) {
        return new Lease(name, mails);
      }
      picked.clear();
      picked.addAll(pick(handle, limit));
      return new Lease(name, lease(handle, name, duration, picked));
    });
  }

  /** None only where nothing can be sent now: each turn takes what it picked out of the outbox. */
  private static List<Long> pick(Handle handle, int limit) {
    while (true) {
      var picked = handle.createQuery(PICK.text()).bind("limit", limit).mapTo(Long.class).list();
      var told = new ArrayList<>(picked);
      told.removeAll(voided(handle, picked));
      if (picked.isEmpty() || !told.isEmpty()) {
        return told;
      }
    }
  }

  /**
   * A decline that lay here while the invoice was charged or tried again is not told any more, or
   * it would follow the letter that says so.
   */
  private static List<Long> voided(Handle handle, List<Long> picked) {
    if (picked.isEmpty()) {
      return List.of();
    }
    var overtaken =
        handle.createQuery(OVERTAKEN.text()).bindList("ids", picked).mapTo(Long.class).list();
    if (!overtaken.isEmpty()) {
      var rows = handle.createUpdate(VOID.text()).bindList("ids", overtaken).execute();
      Counts.expect(VOID, overtaken.size(), rows);
      overtaken.forEach(id -> handle.createUpdate(FORGET.text()).bind("id", id).execute());
    }
    return overtaken;
  }

  private static List<Mail> lease(Handle handle, String name, Duration duration, List<Long> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    var rows =
        handle
            .createUpdate(LEASE.text())
            .bind("lease", name)
            .bind("seconds", duration.toSeconds())
            .bindList("ids", ids)
            .execute();
    Counts.expect(LEASE, ids.size(), rows);
    return leased(handle, name, ids);
  }

  /** The mail server has it. False: the lease had run out, and another sender may have sent it. */
  public boolean sent(Lease lease, Mail mail) {
    return settled.run(handle -> {
      var rows = update(handle, SENT, lease, mail).execute();
      if (rows == 1) {
        handle.createUpdate(FORGET.text()).bind("id", mail.id()).execute();
      }
      return rows == 1;
    });
  }

  /** Not now: to be tried again after a pause. */
  public boolean later(Lease lease, Mail mail, Duration pause, String why) {
    return settled.run(handle ->
        update(handle, LATER, lease, mail)
                .bind("seconds", pause.toSeconds())
                .bind("why", Differences.cut(why, 500))
                .execute()
            == 1);
  }

  /**
   * Nothing was tried: it is free again at once, as if it had not been in hand.
   *
   * @param why what kept the sender; null: nothing but time
   */
  public boolean giveBack(Lease lease, Mail mail, @Nullable String why) {
    return settled.run(handle ->
        update(handle, GIVE_BACK, lease, mail).bind("why", Differences.cut(why, 500)).execute()
            == 1);
  }

  /** Its address is refused for good. */
  public boolean undeliverable(Lease lease, Mail mail, String why) {
    return settled.run(handle ->
        update(handle, UNDELIVERABLE, lease, mail).bind("why", Differences.cut(why, 500)).execute()
            == 1);
  }

  /**
   * Lets the held declines go whose run has ended.
   *
   * @param runNo the run that holds the lock now: older ones that did not end have died; 0 where
   *     nobody holds it, as in {@code notify}
   * @return how many
   */
  public int release(long runNo) {
    return settled.run(handle -> handle.createUpdate(RELEASE.text()).bind("run", runNo).execute());
  }

  public Waiting waiting() {
    var counts = new HashMap<String, Long>();
    database
        .read(handle ->
            handle
                .createQuery(COUNTS.text())
                .map((row, context) -> Map.entry(row.getString(1), row.getLong(2)))
                .list())
        .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
    return new Waiting(
        counts.getOrDefault("READY", 0L),
        counts.getOrDefault("HELD", 0L),
        counts.getOrDefault("UNDELIVERABLE", 0L));
  }

  private static org.jdbi.v3.core.statement.Update update(
      Handle handle, Sql sql, Lease lease, Mail mail) {
    return handle.createUpdate(sql.text()).bind("id", mail.id()).bind("lease", lease.name());
  }

  private static List<Mail> leased(Handle handle, String name, List<Long> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    var mails = new ArrayList<Mail>();
    var lost = new ArrayList<Long>();
    handle
        .createQuery(LEASED.text())
        .bind("lease", name)
        .bindList("ids", ids)
        .map((row, context) ->
            row.getString("invoice_row") == null
                ? lost.add(row.getLong("id"))
                : mails.add(mail(row)))
        .list();
    // One that cannot be written holds up no others.
    lost.forEach(id -> {
      var rows =
          handle
              .createUpdate(UNDELIVERABLE.text())
              .bind("why", "its invoice's row is not kept any more")
              .bind("id", id)
              .bind("lease", name)
              .execute();
      Counts.expect(UNDELIVERABLE, 1, rows);
    });
    return mails;
  }

  private static Mail mail(ResultSet row) throws SQLException {
    var code = row.getString("currency");
    var currency =
        Currency.of(code).orElseThrow(() -> new SQLException("not a currency of ours: " + code));
    var amount =
        Money.exactly(row.getBigDecimal("amount"), currency)
            .orElseThrow(() -> new SQLException("an amount that does not fit " + code));
    return new Mail(
        row.getLong("id"),
        Kind.valueOf(row.getString("kind")),
        new ChargeKey(row.getString("charge_key")),
        amount,
        Invoices.unkept(row.getString("invoice_row")),
        Objects.requireNonNull(Database.instant(row, "decided_at")),
        row.getObject("retry_on", LocalDate.class),
        row.getBoolean("tried_again"),
        row.getInt("tries"));
  }
}
