package billing.run;

import billing.model.Difference;
import billing.model.Invoice;
import billing.model.Listed;
import billing.rules.ElsewhereRules;
import billing.rules.ElsewhereRules.Payer;
import billing.rules.Limits;
import billing.store.Comparisons;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Charges of others that the app's books do not have, gathered until what is due is looked through
 * for them, once for many. For one thread.
 */
final class Elsewhere {

  private final Comparisons books;
  private final Map<String, Listed> charges = new LinkedHashMap<>();

  Elsewhere(Comparisons books) {
    this.books = books;
  }

  /** Those of these, by transaction, that are in nobody's books. */
  void add(Map<String, Listed> others) {
    if (!others.isEmpty()) {
      charges.putAll(others);
      charges.keySet().removeAll(books.inBooks(others.keySet()));
    }
  }

  void remove(String transactionId) {
    charges.remove(transactionId);
  }

  boolean isFull() {
    return charges.size() > Limits.CHARGES_ELSEWHERE;
  }

  /**
   * What may have paid an invoice of these; whatever was gathered is let go.
   *
   * @param then is told of it a page of invoices at a time
   */
  void holdAgainstWhatIsDue(LocalDate today, Consumer<List<Difference>> then) {
    var payable = ElsewhereRules.payable(today);
    if (charges.isEmpty()) {
      return;
    }
    // Most charges of a shop are of few amounts, so that the amount alone would leave many.
    var byPayer = new HashMap<Payer, List<Listed>>();
    charges
        .values()
        .forEach(listed ->
            ElsewhereRules.payers(listed)
                .forEach(
                    payer -> byPayer.computeIfAbsent(payer, p -> new ArrayList<>()).add(listed)));
    charges.clear();
    var ends = new HashSet<String>();
    @Nullable String after = null;
    while (true) {
      var page = books.due(after, Limits.PAGE, payable);
      then.accept(page.stream().flatMap(due -> whatMayHavePaid(due, byPayer)).toList());
      if (page.size() < Limits.PAGE) {
        return;
      }
      after = page.getLast().id();
      if (!ends.add(after)) {
        throw books.gaveTwice(after);
      }
    }
  }

  private static Stream<Difference> whatMayHavePaid(Invoice due, Map<Payer, List<Listed>> byPayer) {
    return ElsewhereRules.payers(due).stream()
        .flatMap(payer -> byPayer.getOrDefault(payer, List.of()).stream())
        .distinct()
        .map(listed -> ElsewhereRules.elsewhere(listed, due));
  }
}
