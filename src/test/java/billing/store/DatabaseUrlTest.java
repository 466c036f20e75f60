package billing.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.store.DatabaseTrouble.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DatabaseUrlTest {

  @Test
  void anOrdinaryUrlIsTakenApart() {
    var url = DatabaseUrl.parse("jdbc:mysql://db1.example.org/shop?sslMode=VERIFY_CA");

    assertThat(url.server()).isEqualTo("db1.example.org:3306");
    assertThat(url.schema()).isEqualTo("shop");
    assertThat(url.properties()).containsEntry("sslMode", "VERIFY_CA");
    assertThat(url).hasToString("shop on db1.example.org:3306");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mysql://db1,db2/shop",
        "jdbc:mysql:replication://db1,db2/shop",
        "jdbc:mysql:loadbalance://db1/shop",
        "jdbc:mysql://address=(host=db1)/shop",
        "jdbc:mariadb://db1/shop",
        "jdbc:mysql://db1/",
        "jdbc:mysql://me:secret@db1/shop",
        "jdbc:mysql://db1/shop?autoReconnect=true",
        "jdbc:mysql://db1/shop?AUTORECONNECT=true",
        "jdbc:mysql://db1/shop?sslMode=DISABLED&useAffectedRows=true",
        "jdbc:mysql://db1/shop?rewriteBatchedStatements=true",
        "jdbc:mysql://db1/shop?allowMultiQueries=true",
        "jdbc:mysql://db1/shop?jdbcCompliantTruncation=false",
        "jdbc:mysql://db1/shop?useLocalSessionState=true",
        "jdbc:mysql://db1/shop?sessionVariables=sql_mode=''",
        "jdbc:mysql://db1/shop?password=x",
        "jdbc:mysql://db1/shop?socketTimeout=0",
        "jdbc:mysql://db1/shop?connectTimeout=0",
        "jdbc:mysql://db1/shop?socketTimeout"
      })
  void whatWouldTakeDecisionsOutOfOurHandsIsRefused(String url) {
    assertThatThrownBy(() -> DatabaseUrl.parse(url))
        .isInstanceOfSatisfying(
            DatabaseTrouble.class, t -> assertThat(t.kind()).isEqualTo(Kind.SETTINGS))
        .hasMessageStartingWith("db.url: ")
        .hasMessageNotContaining("secret");
  }

  @Test
  void aServerThatIsNotThereAndAWrongPasswordAreToldApart() {
    var test = TestDatabase.empty();
    var right = test.settings();

    assertKind(new DatabaseSettings(right.url(), right.user(), "wrong"), Kind.LOGIN);
    assertKind(
        new DatabaseSettings("jdbc:mysql://127.0.0.1:1/shop", right.user(), right.password()),
        Kind.UNREACHABLE);
    assertThat(right).asString().doesNotContain(right.password());
  }

  @Test
  void everySessionIsStrictInUtcAndReadCommitted() {
    var test = TestDatabase.fresh();
    try (var database = Database.open(test.settings(), 1)) {
      var row =
          database.read(handle ->
              handle
                  .createQuery(
                      "SELECT CONCAT_WS(' ', @@sql_mode, @@session.time_zone, @@autocommit + 0,"
                          + " @@innodb_lock_wait_timeout, @@wait_timeout)")
                  .mapTo(String.class)
                  .one());
      assertThat(row).contains("STRICT_TRANS_TABLES").endsWith("+00:00 0 8 120");
      assertThat(database.<Integer>read(handle -> handle.getTransactionIsolationLevel().intValue()))
          .isEqualTo(java.sql.Connection.TRANSACTION_READ_COMMITTED);
    }
  }

  @Test
  void whatIsPrintedHoldsNoSecret() {
    for (var url :
        new String[] {"jdbc:mysql://db1/shop?key=SECRET", "jdbc:mysql://me:SECRET@db1/shop"}) {
      var settings = new DatabaseSettings(url, "billing", "SECRET");
      assertThat(settings.toString()).contains("db1/shop", "billing").doesNotContain("SECRET");
      assertThat(DatabaseSettings.objection(url).orElse("")).doesNotContain("SECRET");
    }
  }

  private static void assertKind(DatabaseSettings settings, Kind kind) {
    assertThatThrownBy(() -> Database.open(settings, 1))
        .isInstanceOfSatisfying(
            DatabaseTrouble.class,
            t -> {
              assertThat(t.kind()).isEqualTo(kind);
              assertThat(t).message().doesNotContain("\n").doesNotContain(settings.password());
            });
  }
}
