package billing.store;

import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/**
 * Proves by behaviour that the database refuses what it must, with the rights of the nightly user
 * and in a transaction that is rolled back. Whether the triggers exist cannot be read: an ordinary
 * user does not see them.
 */
final class GuardProof {

  private static final Sql INSERT = Sql.load("guard/insert");
  private static final Sql SEND = Sql.load("guard/send");
  private static final Sql SET_STATE = Sql.load("guard/set_state");
  private static final Sql SET_INVOICE = Sql.load("guard/set_invoice");
  private static final Sql SET_AMOUNT = Sql.load("guard/set_amount");
  private static final Sql SET_SEND_NO = Sql.load("guard/set_send_no");
  private static final Sql SET_TRANSACTION = Sql.load("guard/set_transaction");
  private static final Sql DELETE = Sql.load("guard/delete");
  private static final Sql EVENTS = Sql.load("guard/events");
  private static final Sql SET_EVENT = Sql.load("guard/set_event");
  private static final Sql DELETE_EVENT = Sql.load("guard/delete_event");

  private static final int DENIED = 1142;
  private static final int TRIES = 6;

  private final Handle handle;
  private final String one = key();
  private final String two = key();

  private GuardProof(Handle handle) {
    this.handle = handle;
  }

  /**
   * Tries it all.
   *
   * @throws DatabaseTrouble naming the guard that is missing
   */
  static void run(Database database) {
    for (int tries = 1; ; tries++) {
      try {
        once(database);
        return;
      } catch (RuntimeException e) {
        // Two runs that prove at once get in each other's way; neither has written anything.
        if (!ServerError.isRepeatable(e) || tries == TRIES) {
          throw ServerError.trouble(e, database.url());
        }
      }
    }
  }

  private static void once(Database database) {
    try (var handle = database.open()) {
      try {
        new GuardProof(handle).prove();
      } finally {
        handle.rollback();
      }
    }
  }

  private void prove() {
    expect("a new attempt", 1, insert(one, one, 1, "PENDING").execute());
    refused("a second live attempt of one invoice", insert(one, two, 2, "PENDING"), 1062);
    refused("a second attempt under one charge key", insert(two, one, 1, "PENDING"), 1062);
    refused("an attempt that begins DECLINED", insert(two, two, 1, "DECLINED"), 30001);
    refused("an illegal transition", about(SET_STATE).bind("state", "DECLINED"), 30003);
    refused("another invoice for an attempt", about(SET_INVOICE), 30002);
    expect("the claim of an attempt", 1, about(SEND).execute());
    refused("another amount after the first send", about(SET_AMOUNT), 30004);
    refused("a send number without a claim", about(SET_SEND_NO), 30005);
    refused("SETTLED without a transaction", about(SET_STATE).bind("state", "SETTLED"), 30007);
    expect(
        "the gateway's transaction", 1, about(SET_TRANSACTION).bind("transaction", one).execute());
    expect("another attempt", 1, insert(two, two, 1, "PENDING").execute());
    var twice =
        handle
            .createUpdate(SET_TRANSACTION.text())
            .bind("charge_key", two)
            .bind("transaction", one);
    refused("one transaction for two attempts", twice, 1062);
    refused("the deletion of an attempt", about(DELETE), 30008, DENIED);
    var events = handle.createQuery(EVENTS.text()).bind("charge_key", one).mapTo(Integer.class);
    expect("the history of an attempt", 3, events.one());
    refused("a change of history", about(SET_EVENT), 30009, DENIED);
    refused("the deletion of history", about(DELETE_EVENT), 30009, DENIED);
  }

  private Update about(Sql sql) {
    return handle.createUpdate(sql.text()).bind("charge_key", one);
  }

  private Update insert(String invoice, String key, int attemptNo, String state) {
    return handle
        .createUpdate(INSERT.text())
        .bind("invoice_id", "guard proof " + invoice)
        .bind("attempt_no", attemptNo)
        .bind("state", state)
        .bind("charge_key", key)
        .bind("run", 0);
  }

  private static void refused(String what, Update update, Integer... codes) {
    try {
      update.execute();
    } catch (RuntimeException e) {
      if (Set.of(codes).contains(ServerError.code(e))) {
        return;
      }
      throw e;
    }
    throw missing("does not refuse " + what);
  }

  private static void expect(String what, int expected, int seen) {
    if (seen != expected) {
      throw missing("has %d rows of %s instead of %d".formatted(seen, what, expected));
    }
  }

  private static DatabaseTrouble missing(String what) {
    return new DatabaseTrouble(
        DatabaseTrouble.Kind.GUARD_MISSING,
        "the database "
            + what
            + ": a guard was dropped. As the schema's owner, run sql/migrations/*.sql again: each"
            + " can be repeated");
  }

  /** Twenty characters that no installation makes: it would begin with a prefix and a hyphen. */
  private static String key() {
    return UUID.randomUUID()
        .toString()
        .replace("-", "")
        .substring(0, 20)
        .toUpperCase(java.util.Locale.ROOT);
  }
}
