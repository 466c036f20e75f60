package billing.run;

import billing.model.Difference;
import billing.model.Listed;
import billing.model.Money;
import billing.rules.ElsewhereRules;
import billing.rules.Limits;
import billing.store.Comparisons;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** What may have paid an invoice of these; whatever was gathered is let go. */
  List<Difference> holdAgainstWhatIsDue(LocalDate today) {
    var payable = ElsewhereRules.payable(today);
    if (charges.isEmpty()) {
      return List.of();
    }
    var byAmount = new HashMap<Money, List<Listed>>();
    for (var listed : charges.values()) {
      var amount = listed.echo().amount();
      if (amount != null) {
        byAmount.computeIfAbsent(amount, money -> new ArrayList<>()).add(listed);
      }
    }
    charges.clear();
    var found = new ArrayList<Difference>();
    var ends = new HashSet<String>();
    @Nullable String after = null;
    while (true) {
      var page = books.due(after, Limits.PAGE, payable);
      for (var due : page) {
        ElsewhereRules.amount(due).map(byAmount::get).orElse(List.of()).stream()
            .filter(listed -> ElsewhereRules.mayHavePaid(listed, due))
            .forEach(listed -> found.add(ElsewhereRules.elsewhere(listed, due)));
      }
      if (page.size() < Limits.PAGE) {
        return found;
      }
      after = page.getLast().id();
      if (!ends.add(after)) {
        throw books.gaveTwice(after);
      }
    }
  }
}
