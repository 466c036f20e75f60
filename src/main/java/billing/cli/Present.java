package billing.cli;

import billing.gateway.AccountReply;
import billing.gateway.Gateway;
import billing.model.Account;
import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.rules.FormerRules;
import billing.rules.Words;
import billing.store.Database;
import billing.store.History.Chapter;
import billing.store.Installation;
import billing.store.Installations;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the gateway has at this moment under each charge key that was ever sent, in words. */
record Present(Map<ChargeKey, List<String>> answers) {

  static final Present NOT_ASKED = new Present(Map.of());

  Present {
    answers = Map.copyOf(answers);
  }

  /** Asks about each attempt, one after the other. Changes nothing there. */
  static Present ask(Settings settings, Database database, List<Chapter> story) {
    var answers = new HashMap<ChargeKey, List<String>>();
    try (var gateway = Parts.gateway(settings)) {
      var opened = gateway.account();
      var pinned = new Installations(database).current();
      for (var chapter : story) {
        if (chapter.attempt().sendNo() > 0) {
          answers.put(chapter.attempt().key(), ask(gateway, opened, pinned, chapter.attempt()));
        }
      }
    }
    return new Present(answers);
  }

  /** Another account's "not found" would be no answer about it. */
  private static List<String> ask(
      Gateway gateway, AccountReply opened, Optional<Installation> pinned, Attempt attempt) {
    return switch (opened) {
      case AccountReply.Known(var account)
          when attempt.order().wentTo(account, installation(pinned, account)) ->
          gateway.find(attempt, false).stream()
              .map(reply -> Table.printable(Words.of(reply)))
              .toList();
      case AccountReply.Known another ->
          List.of(
              "not asked: it was sent to %s, and gateway.key opens another"
                  .formatted(Table.printable(FormerRules.whose(attempt.order()))));
      case AccountReply.Refused(var why) ->
          List.of("not asked: the gateway refused gateway.key: " + Table.printable(why));
      case AccountReply.Unreachable(var why) ->
          List.of("not asked: the gateway could not be reached: " + Table.printable(why));
    };
  }

  /** Whose account that is; of none that we know where another one is enrolled. */
  private static String installation(Optional<Installation> pinned, Account account) {
    return pinned.filter(one -> one.account().equals(account)).map(Installation::id).orElse("");
  }

  /** Empty where it was never sent, or nobody asked. */
  List<String> of(ChargeKey key) {
    return answers.getOrDefault(key, List.of());
  }
}
