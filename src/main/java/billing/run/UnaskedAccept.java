package billing.run;

import billing.rules.UnaskedRules;
import billing.store.Database;
import billing.store.Decisions.Kind;
import billing.store.History;
import billing.store.History.Chapter;
import billing.store.Resolutions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * That a difference stays as it is, where the gateway refuses the account: a person's word alone.
 */
final class UnaskedAccept implements Matter {

  private final Database database;
  private final Unasked unasked;
  private final DifferenceMatter matter;

  UnaskedAccept(Database database, Unasked unasked, DifferenceMatter matter) {
    this.database = database;
    this.unasked = unasked;
    this.matter = matter;
  }

  @Override
  public Optional<String> before() {
    var before = matter.before();
    if (before.isEmpty() && !DifferenceMatter.isOfACharge(matter.kind())) {
      throw Verdicts.refused(
          "about difference %d no gateway is asked".formatted(matter.id()),
          "the same command once another account is enrolled, without " + UnaskedRules.OPTION);
    }
    return before;
  }

  /** What is not sure of its attempts is unanswered again: who answers again is asked again. */
  @Override
  public String decide(Resolutions resolutions) {
    var open = matter.difference();
    var story = story();
    var attempts = story.stream().map(Chapter::attempt).toList();
    Verdicts.before(
        unasked
            .rules()
            .acceptedAlready(
                attempts, open.subject(), Objects.requireNonNull(open.openedAt()), database.now()));
    requireRefused(story, open.subject());
    Verdicts.written(
        resolutions.acceptUnasked(
            matter.id(),
            attempts.stream()
                .filter(unasked::wentHere)
                .filter(one -> one.state().chargedNothing())
                .filter(one -> !one.sends().unanswered().equals(one.sends()))
                .toList(),
            matter.decision(Kind.ACCEPT, unasked.says())));
    return "difference %d is accepted: you say so, and nobody was asked".formatted(matter.id());
  }

  /** A key that is refused its account alone may well be answered about the charge. */
  private void requireRefused(List<Chapter> story, String subject) {
    var asked =
        story.stream()
            .filter(Chapter::mayBeThere)
            .map(Chapter::asSent)
            .filter(unasked::wentHere)
            .toList();
    asked.forEach(unasked::requireRefused);
    if (asked.stream().noneMatch(one -> one.key().value().equals(subject))) {
      unasked.requireRefused(subject);
    }
  }

  private List<Chapter> story() {
    var invoice = matter.invoiceId();
    return invoice == null ? List.of() : new History(database).story(invoice);
  }

  @Override
  public @Nullable String invoiceId() {
    return matter.invoiceId();
  }

  @Override
  public boolean tells() {
    return false;
  }
}
