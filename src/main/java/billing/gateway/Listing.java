package billing.gateway;

import billing.model.Listed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of asking for one page of everything that the account has. */
public sealed interface Listing {

  /**
   * A whole page, be it empty.
   *
   * @param next the cursor of the page after it; null behind the last one
   */
  record Page(List<Listed> transactions, @Nullable String next) implements Listing {

    public Page {
      transactions = List.copyOf(transactions);
    }
  }

  /** The gateway does not let this key list, or does not take the question. */
  record Refused(String text) implements Listing {}

  /** No page, or one that could not be read whole; asked again with the same cursor it may come. */
  record Failed(String why) implements Listing {}
}
