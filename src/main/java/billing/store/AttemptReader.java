package billing.store;

import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.Looked;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads attempts; decides and changes nothing but which sibling was asked about. */
public final class AttemptReader {

  private static final Sql SENT_BEFORE = Sql.load("attempt/sent_before");
  private static final Sql BY_KEY = Sql.load("attempt/by_key");
  private static final Sql PINNED = Sql.load("attempt/pinned");
  private static final Sql SIBLINGS = Sql.load("attempt/siblings_in_doubt");
  private static final Sql MARK = Sql.load("attempt/mark_looked_up");

  private final Database database;

  public AttemptReader(Database database) {
    this.database = database;
  }

  /**
   * One keyset page, by key, of what earlier runs left SENT: because they died, or because the
   * gateway had not decided.
   *
   * @param after the last key of the page before; null: the first page
   */
  public List<Attempt> sentBefore(long runNo, @Nullable ChargeKey after, int limit) {
    return database.read(handle ->
        handle
            .createQuery(SENT_BEFORE.text())
            .bind("run", runNo)
            .bind("after", after == null ? "" : after.value())
            .bind("limit", limit)
            .map(AttemptRow.MAPPER)
            .map(AttemptRow::attempt)
            .list());
  }

  public Optional<Attempt> byKey(ChargeKey key) {
    return byKeys(List.of(key)).stream().findFirst();
  }

  public List<Attempt> byKeys(Collection<ChargeKey> keys) {
    if (keys.isEmpty()) {
      return List.of();
    }
    return database.read(handle ->
        handle
            .createQuery(BY_KEY.text())
            .bindList("charge_keys", keys.stream().map(ChargeKey::value).toList())
            .map(AttemptRow.MAPPER)
            .map(AttemptRow::attempt)
            .list());
  }

  /**
   * The newest charges by which an account without an id is known, the newest first: the gateway
   * called them approved itself, longer ago than that.
   */
  public List<Attempt> pinned(String installation, String gateway, Duration age, int limit) {
    return database.read(handle ->
        handle
            .createQuery(PINNED.text())
            .bind("installation", installation)
            .bind("gateway", gateway)
            .bind("seconds", age.toSeconds())
            .bind("limit", limit)
            .map(AttemptRow.MAPPER)
            .map(AttemptRow::attempt)
            .list());
  }

  /**
   * Earlier attempts of what is PENDING that have a send which nobody answered, and that this run
   * has not asked about yet: one keyset page, by key. Until {@link #lookedUp} says that they are
   * clear their younger siblings are not claimed.
   *
   * @param after the last key of the page before; null: the first page
   */
  public List<Attempt> siblingsInDoubt(long runNo, @Nullable ChargeKey after, int limit) {
    return database.read(handle ->
        handle
            .createQuery(SIBLINGS.text())
            .bind("run", runNo)
            .bind("after", after == null ? "" : after.value())
            .bind("limit", limit)
            .map(AttemptRow.MAPPER)
            .map(AttemptRow::attempt)
            .list());
  }

  /** What asking the gateway about them brought to light; those that are clear are marked. */
  public void lookedUp(Collection<Looked> looked, long runNo) {
    var clear =
        looked.stream()
            .filter(Looked::clear)
            .map(l -> l.key().value())
            .distinct()
            .sorted()
            .toList();
    var found =
        looked.stream().flatMap(l -> l.differences().stream()).map(Differences::found).toList();
    new Settled(database)
        .run(handle -> {
          Differences.open(handle, found, runNo, false);
          return clear.isEmpty()
              ? 0
              : handle
                  .createUpdate(MARK.text())
                  .bind("run", runNo)
                  .bindList("charge_keys", clear)
                  .execute();
        });
  }
}
