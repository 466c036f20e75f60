package billing.run;

import billing.sandbox.Arrival;
import billing.sandbox.Operation;
import billing.store.TestDatabase;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the database has on record, held against the times at which requests reached the gateway:
 * nothing was sent before it was SENT, nothing twice under one send number, and nothing changed
 * without evidence.
 */
final class History {

  private record Event(Instant at, String from, String to, int sendNo, String evidence) {

    boolean claims() {
      return from.equals("PENDING") && to.equals("SENT");
    }

    /**
     * Any other change needs a reason; that of a SENT attempt the gateway's own word, ours or a
     * person's.
     */
    boolean isUnfounded() {
      if (from.equals("null") || from.equals(to) || claims()) {
        return false;
      }
      return from.equals("SENT")
          ? !evidence.matches("(?s)(gateway|looked up|cancelling there|a person, --[a-z-]+): .+")
          : evidence.isBlank() || evidence.equals("null");
    }
  }

  private final Map<String, List<Event>> stories = new TreeMap<>();
  private final Map<String, String> states = new TreeMap<>();

  private History() {}

  static History read(TestDatabase schema) {
    return read(schema, "TRUE");
  }

  /** Only of the attempts {@code a} that fit. */
  static History read(TestDatabase schema, String which) {
    var history = new History();
    var rows =
        schema.rows(
            """
            SELECT a.charge_key, a.state, e.at, e.from_state, e.to_state, e.send_no, e.evidence
              FROM charge_events e JOIN charge_attempts a ON a.id = e.attempt_id
             WHERE %s ORDER BY e.id
            """
                .formatted(which));
    for (var row : rows) {
      var key = text(row, "charge_key");
      history.states.put(key, text(row, "state"));
      history
          .stories
          .computeIfAbsent(key, k -> new ArrayList<>())
          .add(
              new Event(
                  LocalDateTime.parse(text(row, "at").replace(' ', 'T')).toInstant(ZoneOffset.UTC),
                  text(row, "from_state"),
                  text(row, "to_state"),
                  Integer.parseInt(text(row, "send_no")),
                  text(row, "evidence")));
    }
    return history;
  }

  private static String text(Map<String, String> row, String column) {
    return Objects.requireNonNull(row.get(column), column);
  }

  List<String> problems(List<Arrival> arrivals) {
    var problems = new ArrayList<String>();
    stories.forEach((key, events) -> unbroken(key, events, problems));
    var used = new TreeMap<String, Instant>();
    for (var arrival : arrivals) {
      if (arrival.operation() == Operation.CHARGE && arrival.key() != null) {
        var claim = claimOf(arrival);
        if (claim == null) {
          problems.add(arrival + " came before its attempt was SENT");
        } else if (used.put(arrival.key() + " send " + claim.sendNo(), arrival.at()) != null) {
          problems.add(arrival + " came under a send number that was used: " + claim);
        }
      }
    }
    return problems;
  }

  /** The last claim before it arrived. */
  private @Nullable Event claimOf(Arrival arrival) {
    @Nullable Event last = null;
    for (var event : stories.getOrDefault(arrival.key(), List.of())) {
      if (event.claims() && event.at().isBefore(arrival.at())) {
        last = event;
      }
    }
    return last;
  }

  private void unbroken(String key, List<Event> events, List<String> problems) {
    var state = "null";
    for (var event : events) {
      if (!event.from().equals(state)) {
        problems.add(key + " came from nowhere: " + event);
      }
      if (event.isUnfounded()) {
        problems.add(key + " moved without evidence: " + event);
      }
      state = event.to();
    }
    if (!state.equals(states.get(key))) {
      problems.add("%s is %s and its history ends %s".formatted(key, states.get(key), state));
    }
  }
}
