package billing.run;

import billing.sandbox.Charge;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Judges the invariants for a few invoices by the gateway's ledger, the app's tables and the
 * received mail; what was sent and written when, by the history against the ledger's arrivals.
 */
final class CrashJudge {

  private static final String AS_IT_STANDS =
      """
      SELECT i.id, i.amount, i.amount_due,
             (SELECT COUNT(*) FROM payments p WHERE p.invoice_id = i.id) AS payments,
             (SELECT COALESCE(SUM(p.amount), 0) FROM payments p WHERE p.invoice_id = i.id) AS paid,
             (SELECT COUNT(*) FROM transactions t WHERE t.invoice_id = i.id) AS entries,
             (SELECT GROUP_CONCAT(a.state ORDER BY a.attempt_no) FROM charge_attempts a WHERE a.invoice_id = i.id) AS states,
             (SELECT GROUP_CONCAT(o.kind, ' ', o.state) FROM outbox_emails o JOIN charge_attempts a ON a.id = o.attempt_id
               WHERE a.invoice_id = i.id AND o.state <> 'VOID') AS mails,
             (SELECT COUNT(*) FROM charge_differences d WHERE d.invoice_id = i.id AND d.state = 'OPEN') AS differences
        FROM invoices i WHERE i.id IN (:ids)
      """;

  /** I4: a claim or a no of a run that a newer one had fenced off. */
  private static final String FENCED_OFF =
      """
      SELECT CONCAT_WS(' ', a.charge_key, e.from_state, e.to_state, 'at', e.at, 'by run', e.run_no, 'though run', r.run_no, 'began at', r.started_at)
        FROM charge_events e
        JOIN charge_attempts a ON a.id = e.attempt_id
        JOIN billing_runs r ON r.run_no > e.run_no AND r.started_at < e.at
       WHERE a.invoice_id IN (:ids)
         AND (e.to_state = 'SENT' AND e.from_state = 'PENDING'
              OR e.from_state = 'SENT' AND e.to_state NOT IN ('SENT', 'SETTLED'))
      """;

  /** I3: absence that counted before the horizon, which begins with the claim's first statement. */
  private static final String TOO_SOON =
      """
      SELECT CONCAT_WS(' ', a.charge_key, 'not found', TIMESTAMPDIFF(MICROSECOND, c.at, e.at), 'us after its send')
        FROM charge_events e
        JOIN charge_attempts a ON a.id = e.attempt_id
        JOIN charge_events c ON c.attempt_id = e.attempt_id AND c.send_no = e.send_no
         AND c.from_state = 'PENDING' AND c.to_state = 'SENT'
       WHERE a.invoice_id IN (:ids)
         AND e.from_state = 'SENT' AND e.to_state NOT IN ('SENT', 'SETTLED')
         AND e.evidence = 'looked up: not found'
         AND TIMESTAMPDIFF(MICROSECOND, c.at, e.at) < :horizon
      """;

  private final Scene scene;
  private final List<Integer> invoices;
  private final boolean bothAlike;
  private final boolean withHistory;
  private final String ids;
  private final String quoted;
  private final Map<Integer, Integer> mayRepeat = new HashMap<>();

  /**
   * @param bothAlike whether the second invoice may end as the first may: they are equal twins
   * @param withHistory whether the database remembers everything; else money alone is judged
   */
  CrashJudge(Scene scene, List<Integer> invoices, boolean bothAlike, boolean withHistory) {
    this.scene = scene;
    this.invoices = invoices;
    this.bothAlike = bothAlike;
    this.withHistory = withHistory;
    this.ids = invoices.stream().map(String::valueOf).collect(Collectors.joining(","));
    this.quoted = invoices.stream().map(id -> "'" + id + "'").collect(Collectors.joining(","));
  }

  /** What holds at every instant. */
  void atOnce() {
    var problems = new ArrayList<String>();
    for (var row : rows()) {
      var id = Integer.parseInt(text(row, "id"));
      if (standing(id).size() > 1) {
        problems.add("I1: invoice " + id + " is charged " + standing(id).size() + " times");
      }
      if (withHistory) {
        var states = List.of(text(row, "states").split(","));
        whole(row, id, states, problems);
        var told = states.contains("SETTLED") || states.contains("DECLINED");
        if (!mailIds(id).isEmpty() && !told) {
          problems.add("I7: invoice " + id + " was told of before the commit: " + states);
        }
      } else {
        paidOnce(row, id, problems);
      }
    }
    if (withHistory) {
      byHistory(problems);
    }
    found(problems);
  }

  private static void found(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new AssertionError(String.join("\n", problems));
    }
  }

  private void byHistory(List<String> problems) {
    var arrivals =
        scene.sandbox.ledger().arrivals().stream()
            .filter(a -> a.key() != null && invoices.stream().anyMatch(i -> isOf(a.key(), i)))
            .toList();
    History.read(scene.schema, "a.invoice_id IN (" + quoted + ")")
        .problems(arrivals)
        .forEach(p -> problems.add("I2, I3, I8: " + p));
    scene.schema.column(FENCED_OFF.replace(":ids", quoted)).forEach(p -> problems.add("I4: " + p));
    scene
        .schema
        .column(
            TOO_SOON
                .replace(":ids", quoted)
                .replace(":horizon", "" + CrashLane.HORIZON.minusMillis(500).toNanos() / 1000))
        .forEach(p -> problems.add("I3: " + p));
  }

  /** I5, where tables went back: no payment twice, and what is owed is what is not paid. */
  private static void paidOnce(Map<String, String> row, int id, List<String> problems) {
    var paid = new BigDecimal(text(row, "paid"));
    var owed = new BigDecimal(text(row, "amount")).subtract(paid);
    if (!Set.of("0", "1").contains(text(row, "payments"))
        || owed.compareTo(new BigDecimal(text(row, "amount_due"))) != 0) {
      problems.add("I5: invoice " + id + " is booked by halves or twice: " + row);
    }
  }

  /** I5: booked whole or not at all. */
  private void whole(Map<String, String> row, int id, List<String> states, List<String> problems) {
    var settled = states.contains("SETTLED");
    var zero = new BigDecimal(text(row, "amount_due")).signum() == 0;
    var booked =
        List.of(
            text(row, "payments").equals("1"),
            text(row, "entries").equals("1"),
            zero,
            text(row, "mails").contains("ACCEPTED"));
    if (!booked.equals(List.of(settled, settled, settled, settled))) {
      problems.add("I5: invoice " + id + " is booked by halves or twice: " + row);
    }
    if (settled && !text(row, "paid").equals(text(row, "amount"))) {
      problems.add("I5: invoice " + id + " is booked with another amount: " + row);
    }
    if (settled && standing(id).size() != 1) {
      problems.add("I5: invoice " + id + " is booked and not charged");
    }
  }

  private static boolean isOf(String key, int invoice) {
    return key.startsWith("SHOP-" + invoice + "-");
  }

  /**
   * Nothing waits or is in doubt any more, and all that is to be told has been told; what a cure
   * holds waits for a person.
   */
  boolean isDone() {
    return rows().stream()
        .allMatch(row ->
            List.of(text(row, "states").split(",")).stream()
                    .noneMatch(s -> Set.of("null", "PENDING", "SENT").contains(s))
                && !text(row, "mails").contains("READY")
                && !(withHistory && text(row, "mails").contains("HELD")));
  }

  /** I7: whose mail the server may have without our knowing. */
  void noteWhatMayBeToldAgain(List<String> points) {
    for (var row : rows()) {
      var id = Integer.parseInt(text(row, "id"));
      var unsaid = text(row, "mails").contains("READY");
      var perhaps = !mailIds(id).isEmpty() || points.stream().anyMatch(p -> p.startsWith("mail:"));
      mayRepeat.put(id, unsaid && perhaps ? points.size() : 0);
    }
  }

  /** Leases run out and pauses end, as they would within the hour. */
  void letTimePassForMails() {
    scene.schema.owner(
        "UPDATE outbox_emails SET leased_until = NULL, not_before = NULL"
            + " WHERE state = 'READY' AND (leased_until IS NOT NULL OR not_before IS NOT NULL);");
  }

  /**
   * What holds once normal runs have ended.
   *
   * @param ends how the attempt of the first invoice may end; every other is settled
   */
  void atTheEnd(Set<String> ends) {
    atOnce();
    var problems = new ArrayList<String>();
    for (var row : rows()) {
      if (withHistory) {
        asExpected(row, ends, problems);
      } else {
        accountedFor(row, problems);
      }
    }
    found(problems);
  }

  private void asExpected(Map<String, String> row, Set<String> ends, List<String> problems) {
    var id = Integer.parseInt(text(row, "id"));
    var states = text(row, "states");
    var expected = id == invoices.getFirst() || bothAlike ? ends : Set.of("SETTLED");
    if (!expected.contains(states)) {
      problems.add("I6: invoice " + id + " ends " + states + ", not " + expected);
    }
    var charged = standing(id).size();
    if (charged == 1 && !Set.of("SETTLED", "REVIEW").contains(states)) {
      problems.add("I5: invoice " + id + " is charged and " + states);
    }
    var blocked = !text(row, "differences").equals("0");
    if (blocked && !states.equals("CANCELLED") && !states.equals("REVIEW")) {
      problems.add("I6: invoice " + id + " has an open difference");
    }
    told(id, states, problems);
  }

  /** Charged and booked, or with a person; neither, or with a person. */
  private void accountedFor(Map<String, String> row, List<String> problems) {
    var id = Integer.parseInt(text(row, "id"));
    var charged = standing(id).size();
    var withAPerson =
        !text(row, "differences").equals("0") || text(row, "states").endsWith("REVIEW");
    if (!text(row, "payments").equals("" + charged) && !withAPerson) {
      problems.add("I5: invoice " + id + " is charged " + charged + " times: " + row);
    }
  }

  private void told(int id, String states, List<String> problems) {
    var mails = mailIds(id);
    var outcomes = Set.of("SETTLED", "DECLINED").contains(states) ? 1 : 0;
    if (new HashSet<>(mails).size() != outcomes) {
      problems.add("I7: invoice " + id + " is " + states + " and was told " + mails);
    }
    if (mails.size() > outcomes + mayRepeat.getOrDefault(id, 0)) {
      problems.add("I7: invoice " + id + " was told again: " + mails);
    }
  }

  private List<String> mailIds(int invoice) {
    return scene.mail.received().stream()
        .filter(mail -> mail.to().contains("c" + invoice + "@example.org"))
        .map(mail -> mail.messageId())
        .toList();
  }

  private List<Charge> standing(int invoice) {
    return scene.sandbox.ledger().standing().stream()
        .filter(c -> c.invoice().equals("" + invoice))
        .toList();
  }

  private List<Map<String, String>> rows() {
    return scene.schema.rows(AS_IT_STANDS.replace(":ids", ids));
  }

  /** Everything on record, for the message of a test that fails. */
  String evidence() {
    var text = new StringBuilder();
    for (var invoice : invoices) {
      text.append("history of ").append(invoice).append(":\n").append(scene.story(invoice));
      text.append("\nledger:\n");
      scene.sandbox.ledger().charges().stream()
          .filter(c -> c.invoice().equals("" + invoice))
          .forEach(c -> text.append("  ").append(c).append('\n'));
      text.append("arrivals:\n");
      scene.sandbox.ledger().arrivals().stream()
          .filter(a -> a.key() != null && isOf(a.key(), invoice))
          .forEach(a -> text.append("  ").append(a).append('\n'));
      text.append("mails: ").append(mailIds(invoice)).append('\n');
    }
    rows().forEach(row -> text.append("as it stands: ").append(row).append('\n'));
    return text.toString();
  }

  private static String text(Map<String, String> row, String column) {
    return Objects.requireNonNull(row.get(column), column);
  }
}
