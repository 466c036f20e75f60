package billing.run;

import billing.model.Attempt;
import billing.rules.UnaskedRules;
import billing.store.Database;
import billing.store.Decisions.Kind;
import billing.store.History;
import billing.store.History.Chapter;
import billing.store.Resolutions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * That a difference stays as it is, where the gateway refuses the account: a person's word alone.
 */
final class UnaskedAccept implements Matter {

  private final Database database;
  private final Unasked unasked;
  private final DifferenceMatter difference;

  UnaskedAccept(Database database, Unasked unasked, DifferenceMatter difference) {
    this.database = database;
    this.unasked = unasked;
    this.difference = difference;
  }

  @Override
  public Optional<String> before() {
    var before = difference.before();
    if (before.isEmpty() && !DifferenceMatter.isOfACharge(difference.kind())) {
      throw Verdicts.refused(
          "about difference %d no gateway is asked".formatted(difference.id()),
          "the same command once another account is enrolled, without " + UnaskedRules.OPTION);
    }
    return before;
  }

  /** What is not sure of its attempts is unanswered again: who answers again is asked again. */
  @Override
  public String decide(Resolutions resolutions) {
    var attempts = attempts();
    unasked.requireAcceptable(attempts, database.now());
    Verdicts.written(
        resolutions.acceptUnasked(
            difference.id(),
            attempts.stream()
                .filter(one -> one.state().chargedNothing())
                .filter(one -> !one.sends().unanswered().equals(one.sends()))
                .toList(),
            difference.decision(Kind.ACCEPT, unasked.says())));
    return "difference %d is accepted: you say so, and nobody was asked".formatted(difference.id());
  }

  private List<Attempt> attempts() {
    var invoice = difference.invoiceId();
    return invoice == null
        ? List.of()
        : new History(database).story(invoice).stream().map(Chapter::attempt).toList();
  }

  @Override
  public @Nullable String invoiceId() {
    return difference.invoiceId();
  }

  @Override
  public boolean tells() {
    return false;
  }
}
