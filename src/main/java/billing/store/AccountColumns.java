package billing.store;

import billing.model.Account;
import java.sql.ResultSet;
import java.sql.SQLException;

/** An account as the columns of an attempt: a unique key wants no NULL in its id. */
final class AccountColumns {

  private AccountColumns() {}

  /** Empty where the gateway does not tell. */
  static String id(Account account) {
    return account.id() == null ? "" : account.id();
  }

  static Account read(ResultSet row) throws SQLException {
    var id = row.getString("account_id");
    return new Account(
        row.getString("gateway"), id.isEmpty() ? null : id, row.getBoolean("live_mode"));
  }
}
