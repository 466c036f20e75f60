package billing.cli;

import billing.model.ChargeKey;
import billing.rules.Words;
import billing.store.History.Chapter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the gateway has at this moment under each charge key that was ever sent, in words. */
record Present(Map<ChargeKey, List<String>> answers) {

  static final Present NOT_ASKED = new Present(Map.of());

  Present {
    answers = Map.copyOf(answers);
  }

  /** Asks about each attempt, one after the other. Changes nothing there. */
  static Present ask(Settings settings, List<Chapter> story) {
    var answers = new HashMap<ChargeKey, List<String>>();
    try (var gateway = Parts.gateway(settings)) {
      for (var chapter : story) {
        var attempt = chapter.attempt();
        var kind = attempt.order().account().gateway();
        if (attempt.sendNo() > 0) {
          answers.put(
              attempt.key(),
              kind.equals(gateway.kind())
                  ? gateway.find(attempt, false).stream()
                      .map(reply -> Table.printable(Words.of(reply)))
                      .toList()
                  : List.of("it was sent to " + kind + ", and gateway.kind is another"));
        }
      }
    }
    return new Present(answers);
  }

  /** Empty where it was never sent, or nobody asked. */
  List<String> of(ChargeKey key) {
    return answers.getOrDefault(key, List.of());
  }
}
