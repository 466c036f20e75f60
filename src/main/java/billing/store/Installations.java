package billing.store;

import billing.model.Account;
import billing.model.Fence;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The append-only record of installations: written by {@code enroll}, read by every run. */
public final class Installations {

  private static final Sql ALL = Sql.load("installation/all");
  private static final Sql ADD = Sql.load("installation/add");

  private record Row(long runNo, String id, String prefix, Account account, String host) {}

  private final Database database;

  public Installations(Database database) {
    this.database = database;
  }

  /** The newest installation with all hosts that it admitted; empty: never enrolled. */
  public Optional<Installation> current() {
    var rows = rows();
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    var newest = rows.getLast();
    var hosts = new HashSet<String>();
    rows.stream().filter(r -> r.id().equals(newest.id())).forEach(r -> hosts.add(r.host()));
    return Optional.of(new Installation(newest.id(), newest.prefix(), newest.account(), hosts));
  }

  /** Whether that is the present installation, or a former one. */
  public boolean isOnRecord(String id) {
    return rows().stream().anyMatch(row -> row.id().equals(id));
  }

  private List<Row> rows() {
    return database.read(handle -> handle.createQuery(ALL.text()).map((r, c) -> row(r)).list());
  }

  /**
   * Writes one row: a new installation, or one more host of the present one.
   *
   * @param fence of the run of {@code enroll}, whose number the row bears
   * @return the fence as it was moved for that; empty where it is not this run's any more
   */
  public Optional<Fence> add(
      Fence fence, String id, String prefix, Account account, String host, String because) {
    var fenced = new FencedTransactions(database, fence);
    var result =
        fenced.run(handle -> {
          var rows =
              handle
                  .createUpdate(ADD.text())
                  .bind("run", fence.epoch())
                  .bind("installation", id)
                  .bind("prefix", prefix)
                  .bind("gateway", account.gateway())
                  .bind("account_id", account.id())
                  .bind("live_mode", account.live() ? 1 : 0)
                  .bind("host", host)
                  .bind("because", because)
                  .execute();
          Counts.expect(ADD, 1, rows);
          return rows;
        });
    return result instanceof FencedTransactions.Result.Done
        ? Optional.of(fenced.fence())
        : Optional.empty();
  }

  /** An id for a new installation: 12 characters, since it travels in small fields. */
  public static String newId(RandomGenerator random) {
    var bytes = new byte[6];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getLong("run_no"),
        row.getString("installation"),
        row.getString("prefix"),
        new Account(
            row.getString("gateway"), row.getString("account_id"), row.getBoolean("live_mode")),
        row.getString("host"));
  }
}
