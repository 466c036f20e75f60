package billing.store;

/** Every row count is read, and one that is not as the statement promises ends its transaction. */
final class Counts {

  private Counts() {}

  static void expect(Sql sql, int expected, int counted) {
    if (counted != expected) {
      throw new IllegalStateException(
          "sql/%s.sql changed %d rows instead of %d".formatted(sql.name(), counted, expected));
    }
  }
}
