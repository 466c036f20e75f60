package billing.cli;

import billing.gateway.AccountReply;
import billing.gateway.Gateway;
import billing.model.Account;
import billing.model.ChargeKey;
import billing.model.DifferenceKind;
import billing.model.Order;
import billing.rules.ElsewhereRules;
import billing.rules.FormerRules;
import billing.rules.Words;
import billing.run.Questions;
import billing.store.Database;
import billing.store.History.Chapter;
import billing.store.Installation;
import billing.store.Installations;
import billing.store.Status.AnyDifference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What the gateway has at this moment of an invoice, in words: of each attempt that may be there,
 * and of each transaction that an open difference names.
 */
record Present(Map<ChargeKey, List<String>> attempts, Map<Long, List<String>> differences) {

  static final Present NOT_ASKED = new Present(Map.of(), Map.of());

  Present {
    attempts = Map.copyOf(attempts);
    differences = Map.copyOf(differences);
  }

  /** Asks about each of them, one after the other. Changes nothing there. */
  static Present ask(
      Settings settings, Database database, List<Chapter> story, List<AnyDifference> differences) {
    try (var gateway = Parts.gateway(settings)) {
      var asking = new Asking(gateway, gateway.account(), new Installations(database).current());
      var ofAttempts = new HashMap<ChargeKey, List<String>>();
      for (var chapter : story) {
        if (chapter.mayBeThere()) {
          ofAttempts.put(chapter.attempt().key(), asking.about(chapter));
        }
      }
      var ofDifferences = new HashMap<Long, List<String>>();
      var keys = story.stream().map(one -> one.attempt().key().value()).collect(Collectors.toSet());
      for (var difference : differences) {
        transaction(difference, keys)
            .ifPresent(id -> ofDifferences.put(difference.id(), asking.about(id, story)));
      }
      return new Present(ofAttempts, ofDifferences);
    }
  }

  /** Empty where it was never sent, or nobody asked. */
  List<String> of(ChargeKey key) {
    return attempts.getOrDefault(key, List.of());
  }

  /** Empty where it names no transaction, or nobody asked. */
  List<String> of(AnyDifference difference) {
    return differences.getOrDefault(difference.id(), List.of());
  }

  /** Of what is named by an attempt's key the answer stands beside the attempt. */
  private static Optional<String> transaction(AnyDifference difference, Set<String> keys) {
    if (!difference.state().equals("OPEN")) {
      return Optional.empty();
    }
    var subject = difference.subject();
    return switch (DifferenceKind.valueOf(difference.kind())) {
      case CHARGED_ELSEWHERE -> Optional.of(ElsewhereRules.transaction(subject));
      case CHARGED_TWICE, UNKNOWN_HERE, AMOUNT, REVERSED ->
          Optional.of(subject).filter(named -> !keys.contains(named));
      case UNKNOWN_THERE, UNBOOKED, OVERPAID, DUE_AGAIN, NOT_CHARGEABLE, NOT_BOOKABLE ->
          Optional.empty();
    };
  }

  /** Another account's "not found" would be no answer. */
  private record Asking(Gateway gateway, AccountReply opened, Optional<Installation> pinned) {

    List<String> about(Chapter chapter) {
      var order = chapter.attempt().order();
      return ifOpen(account -> whyNot(order, account), () -> words(chapter));
    }

    /** Whose account a transaction is of, nobody noted: it was seen at the one that is enrolled. */
    List<String> about(String transactionId, List<Chapter> story) {
      var currency =
          story.isEmpty() ? null : story.getFirst().attempt().order().amount().currency();
      return ifOpen(
          this::whyNot,
          () ->
              List.of(
                  Table.printable(
                      transactionId + ": " + Words.of(gateway.look(transactionId, currency)))));
    }

    private List<String> words(Chapter chapter) {
      return new Questions(gateway)
          .about(chapter.asSent()).stream().map(reply -> Table.printable(Words.of(reply))).toList();
    }

    private List<String> ifOpen(
        Function<Account, Optional<String>> whyNot, Supplier<List<String>> answer) {
      return switch (opened) {
        case AccountReply.Known(var account) ->
            whyNot.apply(account).map(why -> List.of("not asked: " + why)).orElseGet(answer);
        case AccountReply.Refused(var why) ->
            List.of("not asked: the gateway refused gateway.key: " + Table.printable(why));
        case AccountReply.Unreachable(var why) ->
            List.of("not asked: the gateway could not be reached: " + Table.printable(why));
      };
    }

    private Optional<String> whyNot(Order order, Account account) {
      return order.wentTo(account, installation(account))
          ? Optional.empty()
          : Optional.of(
              "it was sent to %s, and gateway.key opens another"
                  .formatted(Table.printable(FormerRules.whose(order))));
    }

    private Optional<String> whyNot(Account account) {
      return pinned
          .filter(one -> !one.account().equals(account))
          .map(one -> "gateway.key opens another account than the one that is enrolled");
    }

    /** Whose account that is; of none that we know where another one is enrolled. */
    private String installation(Account account) {
      return pinned.filter(one -> one.account().equals(account)).map(Installation::id).orElse("");
    }
  }
}
