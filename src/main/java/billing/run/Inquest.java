package billing.run;

import billing.gateway.Inquiries;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.DifferenceKind;
import billing.model.GatewayReply;
import billing.store.Database;
import billing.store.History;
import billing.store.History.Chapter;
import billing.store.Installation;
import billing.store.Status;
import billing.store.Status.AnyDifference;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway has of one invoice, for a person's decision about it: under the keys of its
 * attempts, and the charges that a person was told of without an attempt of theirs.
 */
final class Inquest {

  private static final Set<DifferenceKind> OF_A_CHARGE =
      Set.of(DifferenceKind.CHARGED_TWICE, DifferenceKind.UNKNOWN_HERE);

  private final Database database;
  private final Installation installation;
  private final Questions questions;
  private final String invoiceId;
  private final List<Chapter> story;

  /**
   * @param installation whose account is asked
   */
  Inquest(Database database, Inquiries gateway, Installation installation, String invoiceId) {
    this.database = database;
    this.installation = installation;
    this.questions = new Questions(gateway);
    this.invoiceId = invoiceId;
    this.story = new History(database).story(invoiceId);
  }

  /** The attempt by which it is paid, and which keeps every other from being made; null: none. */
  @Nullable Attempt paid() {
    return story.stream()
        .filter(one -> isSettled(one) && !one.released())
        .map(Chapter::attempt)
        .findFirst()
        .orElse(null);
  }

  /** The charges that are booked here, be they released. */
  Set<String> settled() {
    return transactions(Inquest::isSettled);
  }

  /** The keys of the attempts that are SETTLED, be they released. */
  Set<ChargeKey> settledKeys() {
    return story.stream()
        .filter(Inquest::isSettled)
        .map(one -> one.attempt().key())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The charges beside which a person allowed another one. */
  Set<String> released() {
    return transactions(Chapter::released);
  }

  /** In words, what may stand at another account than the one that is asked; empty: nothing. */
  Optional<String> unasked() {
    return unasked(one -> !one.released()).map(this::inWords);
  }

  /** The same of attempts that charged nothing, as far as the database knows: the first one. */
  Optional<Attempt> unaskedOfUncharged() {
    return unasked(Inquest::chargedNothing);
  }

  private Optional<Attempt> unasked(Predicate<Chapter> which) {
    return story.stream()
        .filter(which.and(Inquest::mayHaveCharged))
        .filter(one -> !isAskedHere(one))
        .map(Chapter::attempt)
        .findFirst();
  }

  String inWords(Attempt unasked) {
    var order = unasked.order();
    return "%s went to %s of installation %s, and %s of installation %s is asked now"
        .formatted(
            order.key(),
            order.account(),
            order.installation(),
            installation.account(),
            installation.id());
  }

  /** Another account's word about it would be none. */
  private boolean isAskedHere(Chapter one) {
    return one.attempt().order().wentTo(installation.account(), installation.id());
  }

  private Set<String> transactions(Predicate<Chapter> which) {
    return story.stream()
        .filter(which)
        .flatMap(one -> Stream.ofNullable(one.attempt().transactionId()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * What could be charged besides: all of it, but for what a person released, and for charges that
   * block the invoice by themselves until they are booked or given back.
   */
  List<GatewayReply> unblocked() {
    var told =
        new Status(database)
            .differencesOf(invoiceId).stream()
                .filter(one -> OF_A_CHARGE.contains(DifferenceKind.valueOf(one.kind())))
                .collect(
                    Collectors.partitioningBy(
                        one -> one.state().equals("OPEN"),
                        Collectors.mapping(AnyDifference::subject, Collectors.toSet())));
    var blocking = told.getOrDefault(true, Set.of());
    return about(one -> !one.released(), told.getOrDefault(false, Set.of()).stream()).stream()
        .filter(reply -> reply.transaction().filter(blocking::contains).isEmpty())
        .toList();
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
            .filter(which.and(Chapter::mayBeThere).and(this::isAskedHere))
            .map(Chapter::asSent)
            .toList(),
        // Some differences are about an attempt, and named by its key.
        transactions.filter(id -> !keys.contains(id) && !released.contains(id)).toList());
  }

  private static boolean isSettled(Chapter one) {
    return one.attempt().state() == AttemptState.SETTLED;
  }

  private static boolean mayHaveCharged(Chapter one) {
    var sends = one.attempt().sends();
    return isSettled(one) || sends.inDoubt() || sends.approved();
  }

  private static boolean chargedNothing(Chapter one) {
    return one.attempt().state().chargedNothing();
  }
}
