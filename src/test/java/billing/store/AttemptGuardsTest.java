package billing.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.model.AttemptState;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the database refuses by itself, whoever asks: here its owner, at a prompt. */
@Timeout(60)
class AttemptGuardsTest {

  /** The table of the design, from each state to every other; the same state is no transition. */
  private static final String LEGAL =
      """
      PENDING   → SENT CANCELLED SETTLED
      SENT      → SETTLED DECLINED PENDING CANCELLED REVIEW
      SETTLED   →
      DECLINED  → SETTLED
      REVIEW    → SETTLED CANCELLED
      CANCELLED → SETTLED
      """;

  private static TestDatabase test;
  private static int number;

  @BeforeAll
  static void create() {
    test = TestDatabase.fresh();
  }

  @Test
  void everyTransitionIsLegalOrRefusedAsTheTableSays() {
    for (var from : AttemptState.values()) {
      for (var to : AttemptState.values()) {
        var key = in(from);
        var legal = from == to || legal(from).contains(to.name());
        var move =
            "UPDATE charge_attempts SET " + moving(from, to) + " WHERE charge_key = '" + key + "';";
        if (legal) {
          test.owner(move);
          assertThat(state(key)).as("%s → %s", from, to).isEqualTo(to.name());
        } else {
          assertRefused(move, "transition", from + " → " + to);
          assertThat(state(key)).isEqualTo(from.name());
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PENDING, 0, 0, yes",
    "PENDING, 1, 0, no",
    "SENT, 0, 1, no",
    "SENT, 1, 1, yes",
    "SENT, 1, 0, no",
    "SETTLED, 0, 0, no",
    "DECLINED, 0, 0, no",
    "CANCELLED, 0, 0, no",
    "REVIEW, 1, 1, no",
  })
  void anAttemptBeginsPendingOrAdopted(String state, int adopted, int sendNo, String legal) {
    var insert = insert("B" + ++number, state, adopted, sendNo);
    if (legal.equals("yes")) {
      test.owner(insert);
    } else {
      assertRefused(insert, "begins", state);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id = id + 1000000",
        "invoice_id = 'other'",
        "attempt_no = 7",
        "charge_key = 'OTHER-1-1'",
        "created_at = '2020-01-01'",
        "adopted = 1"
      })
  void identityNeverChanges(String change) {
    assertRefused(update(change, in(AttemptState.PENDING)), "identity", change);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amount = 1",
        "amount_minor = 1",
        "currency = 'EUR'",
        "customer_ref = 'cus_2'",
        "payment_ref = 'pm_2'",
        "description = 'other'",
        "gateway = 'nmi'",
        "account_id = 'acct_2'",
        "live_mode = 1",
        "protocol = 2",
        "installation = 'other'"
      })
  void theOrderIsFrozenAtTheFirstSend(String change) {
    test.owner(update(change, in(AttemptState.PENDING)));
    assertRefused(update(change, in(AttemptState.SENT)), "frozen", change);
    assertRefused(update(change, in(AttemptState.DECLINED)), "frozen", change);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send_no = 2, sends = '??'",
        "send_no = 0, sends = ''",
        "sends = '??'",
        "state = 'PENDING', send_no = 0, sends = ''",
        "first_sent_at = UTC_TIMESTAMP(6)",
        "last_sent_at = UTC_TIMESTAMP(6)",
        "first_sent_at = NULL"
      })
  void sendsAreWrittenByClaimsAlone(String change) {
    assertRefused(update(change, in(AttemptState.SENT)), "send", change);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state = 'SENT'",
        "state = 'SENT', send_no = 2, sends = '??', first_sent_at = NOW(), last_sent_at = NOW()",
        "state = 'SENT', send_no = 1, sends = '?'",
        "send_no = 1, sends = '?', first_sent_at = NOW(), last_sent_at = NOW()"
      })
  void aClaimGivesOutExactlyOneSendNumber(String change) {
    assertRefused(update(change, in(AttemptState.PENDING)), "send", change);
  }

  @Test
  void theFirstSendKeepsItsTimeThroughARepeat() {
    var key = in(AttemptState.SENT);
    test.owner(update("state = 'PENDING'", key));
    var again = "state = 'SENT', send_no = 2, sends = 'r?', last_sent_at = NOW(6)";
    assertRefused(update(again + ", first_sent_at = NOW(6)", key), "first one once", again);
    test.owner(update(again, key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "settled_amount = 1",
        "settled_at = '2020-01-01'",
        "gateway_transaction_id = 'other'",
        "gateway_transaction_id = NULL"
      })
  void settledIsOnceAndForAll(String change) {
    assertRefused(update(change, in(AttemptState.SETTLED)), "once and for all", change);
  }

  @Test
  void onlyASettledAttemptIsReleasedAndOnlyOnce() {
    assertRefused(update("released_at = NOW(6)", in(AttemptState.SENT)), "released", "SENT");
    var key = in(AttemptState.SETTLED);
    test.owner(update("released_at = '2026-01-01'", key));
    assertRefused(update("released_at = '2026-01-02'", key), "released", "again");
    assertRefused(update("released_at = NULL", key), "released", "back");
  }

  @Test
  void anInvoiceHasOneLiveAttemptAndAReleasedOneIsNoneOfThem() {
    var key = in(AttemptState.SETTLED);
    var invoice =
        test.one("SELECT invoice_id FROM charge_attempts WHERE charge_key = '" + key + "'");
    var second =
        insert("C" + ++number, "PENDING", 0, 0)
            .replaceFirst("'I[0-9]+'", "'" + invoice + "'")
            .replaceFirst(", 1, 'PENDING'", ", 2, 'PENDING'");

    assertRefused(second, "uq_live_invoice", "second");
    test.owner(update("released_at = NOW(6)", key));
    test.owner(second);
  }

  @Test
  void attemptsAndHistoryAreNeverDeletedOrChanged() {
    var key = in(AttemptState.DECLINED);
    assertRefused("DELETE FROM charge_attempts WHERE charge_key = '" + key + "';", "deleted", key);
    assertRefused("UPDATE charge_events SET evidence = 'other';", "append-only", key);
    assertRefused("DELETE FROM charge_events;", "append-only", key);
    assertRefused("TRUNCATE TABLE charge_attempts;", "foreign key", key);
  }

  @Test
  void historyStaysHoweverOldItIs() {
    var key = "O" + ++number;
    test.owner(
        "SET timestamp = UNIX_TIMESTAMP('2001-01-01');\n"
            + insert(key, "PENDING", 0, 0)
            + update("evidence = 'waits'", key));
    var old = "WHERE at < '2002-01-01';";
    assertThat(test.one("SELECT COUNT(*) FROM charge_events " + old)).isEqualTo("2");

    assertRefused("DELETE FROM charge_events " + old, "append-only", key);
    assertRefused("UPDATE charge_events SET evidence = 'other' " + old, "append-only", key);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SENT    | sends = 'p'",
        "SENT    | gateway_transaction_id = CONCAT('pi_', id)",
        "SENT    | evidence = 'looked up: not there yet'",
        "PENDING | evidence = 'the app keeps it locked'",
        "SETTLED | released_at = NOW(6)",
      })
  void whatLeavesTheStateAsItIsIsInTheHistoryToo(AttemptState state, String change) {
    var key = in(state);
    var before = history(key);

    test.owner(update(change, key));

    var after = history(key);
    assertThat(after).startsWith(before.toArray(String[]::new)).hasSize(before.size() + 1);
    assertThat(after.getLast()).startsWith(state + ">" + state + " ");
  }

  @Test
  void everyChangeIsInTheHistoryWithWhoAndWhen() {
    var key = in(AttemptState.SETTLED);

    assertThat(history(key)).containsExactly("->PENDING ", "PENDING>SENT ?", "SENT>SETTLED a");
    assertThat(test.column("SELECT DISTINCT by_user FROM charge_events"))
        .allMatch(user -> user.startsWith("owner_" + test.schema()));
  }

  private static List<String> history(String key) {
    return test.column(
        "SELECT CONCAT(COALESCE(from_state, '-'), '>', to_state, ' ', e.sends) FROM"
            + " charge_events e JOIN charge_attempts a ON a.id = e.attempt_id WHERE"
            + " charge_key = '"
            + key
            + "' ORDER BY e.id");
  }

  /** A fresh attempt in that state, brought there the legal way. */
  private static String in(AttemptState state) {
    var key = "G" + ++number;
    test.owner(insert(key, "PENDING", 0, 0));
    var sent =
        update(
            "state = 'SENT', send_no = 1, sends = '?', first_sent_at = '2026-01-01', last_sent_at ="
                + " '2026-01-01'",
            key);
    switch (state) {
      case PENDING -> {}
      case SENT -> test.owner(sent);
      case SETTLED, DECLINED, REVIEW, CANCELLED ->
          test.owner(sent + update(moving(AttemptState.SENT, state), key));
    }
    return key;
  }

  private static String moving(AttemptState from, AttemptState to) {
    var set = "state = '" + to + "'";
    if (from == to) {
      return set;
    }
    return switch (to) {
      case SENT ->
          set
              + ", send_no = send_no + 1, sends = CONCAT(sends, '?'), first_sent_at ="
              + " COALESCE(first_sent_at, NOW(6)), last_sent_at = NOW(6)";
      case SETTLED ->
          set
              + ", sends = REPLACE(sends, '?', 'a'), settled_amount = 79, settled_at = NOW(6),"
              + " gateway_transaction_id = CONCAT('pi_', id)";
      case DECLINED, CANCELLED -> set + ", ended_at = NOW(6)";
      case PENDING, REVIEW -> set;
    };
  }

  private static String insert(String key, String state, int adopted, int sendNo) {
    return "INSERT INTO charge_attempts (invoice_id, attempt_no, state, adopted, send_no, sends,"
        + " first_sent_at, last_sent_at, amount, amount_minor, currency, payment_ref,"
        + " gateway, charge_key, live_mode, protocol,"
        + " installation, as_of, run_no, created_at) VALUES ('I%s', 1, '%s', %d, %d, '%s', %s, %s, 79, 7900, 'USD', 'pm_1', 'stripe', '%s', 0, 1, 'inst', '2026-01-01', 1, NOW(6));\n"
            .formatted(
                key.substring(1),
                state,
                adopted,
                sendNo,
                "?".repeat(sendNo),
                sendNo == 0 ? "NULL" : "NOW(6)",
                sendNo == 0 ? "NULL" : "NOW(6)",
                key);
  }

  private static String update(String set, String key) {
    return "UPDATE charge_attempts SET " + set + " WHERE charge_key = '" + key + "';\n";
  }

  private static String state(String key) {
    return test.one("SELECT state FROM charge_attempts WHERE charge_key = '" + key + "'");
  }

  private static Set<String> legal(AttemptState from) {
    var line = LEGAL.lines().filter(l -> l.startsWith(from.name() + " ")).findFirst().orElseThrow();
    return Set.of(line.substring(line.indexOf('→') + 1).strip().split(" +"));
  }

  private static void assertRefused(String sql, String why, String what) {
    assertThatThrownBy(() -> test.owner(sql)).as(what).hasMessageContaining(why);
  }
}
