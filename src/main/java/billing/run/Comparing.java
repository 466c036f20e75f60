package billing.run;

import billing.model.Difference;
import billing.model.Forgotten;
import billing.model.Known;
import billing.model.Lead;
import billing.model.Listed;
import billing.model.Remembered;
import billing.model.Told;
import billing.rules.Compared;
import billing.rules.Comparison;
import billing.run.ListingWalk.Ending;
import billing.store.Comparisons;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds the gateway's listing against the database, page by page: each page costs two or three
 * questions, and nothing of it is kept but a bit for each row of ours that was seen. For one
 * thread.
 */
final class Comparing {

  private final ListingWalk walk;
  private final Comparisons books;
  private final Comparison rules;
  private final Consequences then;
  private final Tally tally;
  private final Persistence patience;
  private final Marks seen = new Marks();

  private final Elsewhere elsewhere;

  Comparing(
      ListingWalk walk,
      Comparisons books,
      Comparison rules,
      Consequences then,
      Tally tally,
      Persistence patience) {
    this.walk = walk;
    this.books = books;
    this.rules = rules;
    this.then = then;
    this.tally = tally;
    this.patience = patience;
    this.elsewhere = new Elsewhere(books);
  }

  /**
   * The listing's side.
   *
   * @param today what is due then, or soon, may have been charged elsewhere
   */
  Ending list(Instant from, Instant until, LocalDate today) throws InterruptedException {
    var ending =
        walk.walk(
            from,
            until,
            page -> {
              judge(page, from);
              if (elsewhere.isFull()) {
                elsewhere.holdAgainstWhatIsDue(today, then::differs);
              }
            });
    if (ending instanceof Ending.Whole) {
      elsewhere.holdAgainstWhatIsDue(today, then::differs);
    }
    return ending;
  }

  /** Only whether somebody charges for us of whom the database does not know. */
  Ending glance(Instant from, Instant until) throws InterruptedException {
    return walk.glance(from, until, page -> judge(page, from));
  }

  boolean wasSeen(Remembered one) {
    return seen.has(one.id());
  }

  private void judge(Collection<Listed> page, Instant from) {
    var byId = new LinkedHashMap<String, Listed>();
    // Told twice, the later telling holds.
    page.forEach(listed -> byId.put(listed.transactionId(), listed));
    var known = recall(byId.values());
    var forgotten = new LinkedHashMap<String, Forgotten>();
    var fitting = new HashSet<String>();
    var noted = new LinkedHashMap<String, Forgotten>();
    var keys = new HashSet<String>();
    var differing = new ArrayList<Difference>();
    var others = new HashMap<String, Listed>();
    for (var listed : byId.values()) {
      var id = listed.transactionId();
      var knows = known.getOrDefault(id, Known.NOTHING);
      elsewhere.remove(id);
      if (knows.byTransaction() != null) {
        seen.add(knows.byTransaction().id());
      }
      switch (rules.judge(listed, knows, from)) {
        case Compared.Fits() -> {
          fitting.add(id);
          if (knows.byTransaction() != null) {
            keys.add(knows.byTransaction().key().value());
          }
        }
        case Compared.Nothing() -> {}
        case Compared.Noted(var one) -> noted.merge(name(one), one, Comparing::telling);
        case Compared.Elsewhere(var charge) -> others.put(id, charge);
        case Compared.Forgot(var one) -> forgotten.merge(name(one), one, Comparing::telling);
        case Compared.Late(var ended, var shown) -> then.late(ended, shown, patience);
        case Compared.Foreign(var key, var installation) -> tally.foreign(key, installation);
        case Compared.Differs(var difference) -> differing.add(difference);
      }
    }
    then.fits(fitting, keys);
    then.differs(differing);
    then.forgot(forgotten.values());
    then.noted(noted.values());
    elsewhere.add(others);
  }

  /** Of several under one key the one that took money tells most. */
  private static Forgotten telling(Forgotten one, Forgotten other) {
    return Comparison.stands(one.listed()) ? one : other;
  }

  private static String name(Forgotten forgotten) {
    var lead = forgotten.lead();
    return lead == null ? forgotten.listed().transactionId() : lead.key().value();
  }

  /** What the database knows of a page, in one question; in two where it does not know all. */
  private Map<String, Known> recall(Collection<Listed> page) {
    var leads = new HashMap<String, Lead>();
    var keys = new HashSet<String>();
    for (var listed : page) {
      if (rules.isUnderPrefix(listed)) {
        keys.add(String.valueOf(listed.echo().chargeKey()));
        rules.lead(listed).ifPresent(lead -> leads.put(listed.transactionId(), lead));
      }
    }
    var ids = page.stream().map(Listed::transactionId).toList();
    var invoices = leads.values().stream().map(Lead::invoiceId).distinct().toList();
    var index = new Index(books.known(ids, keys, invoices));
    var noted = noted(page, index);
    var known = new HashMap<String, Known>();
    for (var listed : page) {
      var id = listed.transactionId();
      var lead = leads.get(id);
      known.put(
          id,
          new Known(
              index.byTransaction.get(id),
              rules.isUnderPrefix(listed) ? index.byKey.get(listed.echo().chargeKey()) : null,
              lead == null ? List.of() : index.ofInvoice.getOrDefault(lead.invoiceId(), List.of()),
              noted.getOrDefault(id, Told.NOT)));
    }
    return known;
  }

  private Map<String, Told> noted(Collection<Listed> page, Index index) {
    var strange =
        page.stream()
            .filter(rules::isUnderPrefix)
            .filter(listed -> index.isStrange(listed))
            .map(Listed::transactionId)
            .toList();
    return strange.isEmpty() ? Map.of() : books.noted(strange);
  }

  /** The attempts of one page by what they are asked for. */
  private static final class Index {
    private final Map<String, Remembered> byTransaction = new HashMap<>();
    private final Map<String, Remembered> byKey = new HashMap<>();
    private final Map<String, List<Remembered>> ofInvoice = new HashMap<>();

    Index(List<Remembered> all) {
      for (var one : all) {
        var transaction = one.attempt().transactionId();
        if (transaction != null) {
          byTransaction.put(transaction, one);
        }
        byKey.put(one.key().value(), one);
        ofInvoice
            .computeIfAbsent(one.attempt().order().invoiceId(), id -> new ArrayList<>())
            .add(one);
      }
    }

    boolean isStrange(Listed listed) {
      var held = byKey.get(listed.echo().chargeKey());
      return !byTransaction.containsKey(listed.transactionId())
          && (held == null || held.neverSent());
    }
  }
}
