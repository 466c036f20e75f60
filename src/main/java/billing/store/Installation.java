package billing.store;

import billing.model.Account;
import java.util.Set;

/**
 * Whose installation this is, as {@code enroll} pinned it.
 *
 * @param id random; travels along with every charge
 * @param prefix begins every charge key
 * @param hosts those that were admitted
 */
public record Installation(String id, String prefix, Account account, Set<String> hosts) {

  public Installation {
    hosts = Set.copyOf(hosts);
  }
}
