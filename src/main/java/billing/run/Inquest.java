package billing.run;

import billing.gateway.Inquiries;
import billing.model.AttemptState;
import billing.model.GatewayReply;
import billing.store.Database;
import billing.store.History;
import billing.store.History.Chapter;
import billing.store.Status;
import billing.store.Status.AnyDifference;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the gateway has of one invoice, for a person's decision about it: under the keys of its
 * attempts, and the charges that a person was told of without an attempt of theirs.
 */
final class Inquest {

  private static final Set<String> OF_A_CHARGE = Set.of("CHARGED_TWICE", "UNKNOWN_HERE");

  private final Database database;
  private final Questions questions;
  private final String invoiceId;
  private final List<Chapter> story;

  Inquest(Database database, Inquiries gateway, String invoiceId) {
    this.database = database;
    this.questions = new Questions(gateway);
    this.invoiceId = invoiceId;
    this.story = new History(database).story(invoiceId);
  }

  /** Whether an attempt keeps every other from being made. */
  boolean isPaid() {
    return story.stream().anyMatch(one -> isSettled(one) && !one.released());
  }

  /** The charges that are booked here, be they released. */
  Set<String> settled() {
    return transactions(Inquest::isSettled);
  }

  /** The charges beside which a person allowed another one. */
  Set<String> released() {
    return transactions(Chapter::released);
  }

  private Set<String> transactions(Predicate<Chapter> which) {
    return story.stream()
        .filter(which)
        .map(one -> String.valueOf(one.attempt().transactionId()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** All of it, but for what a person released. */
  List<GatewayReply> unreleased() {
    var transactions =
        new Status(database)
            .differencesOf(invoiceId).stream()
                .filter(one -> OF_A_CHARGE.contains(one.kind()))
                .map(AnyDifference::subject);
    return about(one -> !one.released(), transactions);
  }

  /** All of it, and that charge. */
  List<GatewayReply> allWith(String transactionId) {
    return about(one -> true, Stream.of(transactionId));
  }

  /** What there is of attempts that charged nothing, as far as the database knows; that charge. */
  List<GatewayReply> unchargedWith(String transactionId) {
    return about(Inquest::chargedNothing, Stream.of(transactionId));
  }

  private List<GatewayReply> about(Predicate<Chapter> which, Stream<String> transactions) {
    var keys = story.stream().map(one -> one.attempt().key().value()).toList();
    var released = released();
    return questions.about(
        story.stream()
            .filter(which.and(one -> one.attempt().sendNo() > 0))
            .map(Chapter::attempt)
            .toList(),
        // Some differences are about an attempt, and named by its key.
        transactions.filter(id -> !keys.contains(id) && !released.contains(id)).toList());
  }

  private static boolean isSettled(Chapter one) {
    return one.attempt().state() == AttemptState.SETTLED;
  }

  private static boolean chargedNothing(Chapter one) {
    return switch (one.attempt().state()) {
      case PENDING, DECLINED, CANCELLED -> true;
      case SENT, REVIEW, SETTLED -> false;
    };
  }
}
