package billing.torture;

import billing.sandbox.Charge;
import billing.sandbox.ReceivedMail;
import billing.sandbox.Surroundings;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * What came of it, by the gateway's ledger, the app's tables and the received mail.
 *
 * @param problems doubles, lost and unbooked ones, mails that differ; each in words
 */
record Verdict(
    int runs,
    int invoices,
    int charges,
    int mails,
    Map<Integer, Integer> exits,
    Map<Edge, Integer> edges,
    List<String> problems) {

  static Verdict of(World world) {
    var around = world.around;
    var runners = world.runners;
    var edges = edges(world);
    var problems = new ArrayList<>(world.problems());
    around
        .gateway()
        .ledger()
        .doubles()
        .forEach((invoice, charges) ->
            problems.add("invoice " + invoice + " was charged twice: " + charges));
    problems.addAll(lost(around));
    problems.addAll(unbooked(around));
    problems.addAll(untold(around));
    return new Verdict(
        runners.started(),
        world.invoices(),
        around.gateway().ledger().standing().size(),
        around.mail().received().size(),
        new TreeMap<>(runners.exits()),
        edges,
        problems);
  }

  /** What has happened by now. */
  private static Map<Edge, Integer> edges(World world) {
    var around = world.around;
    var runners = world.runners;
    var edges = new EnumMap<Edge, Integer>(Edge.class);
    edges.putAll(world.edges());
    edges.put(Edge.COMMIT_AMBIGUOUS, sum(world, host -> host.node().harms()));
    edges.put(Edge.DATABASE_STALLED, sum(world, host -> host.database().stalls()));
    edges.put(Edge.GATEWAY_STALLED, world.door.stalls());
    edges.put(Edge.MAIL_STALLED, world.mail.stalls());
    edges.put(Edge.LOCKED_OUT, runners.exits().getOrDefault(5, 0));
    edges.put(Edge.DATABASE_LOST, runners.exits().getOrDefault(7, 0));
    edges.put(Edge.FENCED, runners.fenced());
    var mails = around.mail().received().stream().map(ReceivedMail::messageId).toList();
    edges.put(Edge.MAIL_REPEATED, mails.size() - new HashSet<>(mails).size());
    world.remember();
    world.remembered().forEach((edge, count) -> edges.merge(edge, count, Math::max));
    edges.put(
        Edge.KEY_EXPIRED,
        (int)
            around.count(
                "SELECT COUNT(*) FROM charge_attempts WHERE send_no > 1 AND adopted = 0 AND"
                    + " last_sent_at > first_sent_at + INTERVAL 4 SECOND"));
    return edges;
  }

  /** What is in doubt or waits for a person, a line each. */
  static String open(Surroundings around) {
    return String.join(
        "\n",
        around.rows(
            """
            SELECT CONCAT_WS(' ', state, charge_key, 'of invoice', invoice_id, sends, evidence)
              FROM charge_attempts WHERE state IN ('PENDING', 'SENT', 'REVIEW')
             UNION ALL
            SELECT CONCAT_WS(' ', kind, subject, 'of invoice', invoice_id, detail)
              FROM charge_differences WHERE state = 'OPEN'
            """));
  }

  private static int sum(World world, ToIntFunction<World.Host> count) {
    return world.hosts.stream().mapToInt(count).sum();
  }

  /** From the history, since nobody else saw them. */
  static Map<Edge, Integer> events(Surroundings around) {
    var seen =
        Map.of(
            Edge.FOUND_BY_LOOKUP, "to_state = 'SETTLED' AND evidence LIKE 'looked up%'",
            Edge.SENT_AGAIN,
                "from_state = 'SENT' AND to_state = 'PENDING' AND evidence LIKE 'looked up%'",
            Edge.PERMIT_EXPIRED, "evidence LIKE '%permit%'",
            Edge.GATEWAY_AWAY, "evidence LIKE '%ConnectException%'",
            Edge.DUPLICATE_REFUSED, "evidence LIKE '%duplicate%'",
            Edge.DEADLINE_PASSED, "to_state = 'REVIEW' AND evidence LIKE '%deadline%'",
            Edge.DECLINED, "from_state = 'SENT' AND to_state = 'DECLINED'",
            Edge.CANCELLED, "from_state = 'PENDING' AND to_state = 'CANCELLED'");
    var edges = new EnumMap<Edge, Integer>(Edge.class);
    seen.forEach((edge, where) ->
        edges.put(edge, (int) around.count("SELECT COUNT(*) FROM charge_events WHERE " + where)));
    return edges;
  }

  /** Due at the end, chargeable, and without a row that gives its reason. */
  private static List<String> lost(Surroundings around) {
    return around.rows(
        """
        SELECT CONCAT('invoice ', i.id, ' is due and nothing says why it was not charged')
          FROM invoices i
         WHERE i.amount_due > 0
           AND NOT EXISTS (SELECT 1 FROM charge_attempts a
                            WHERE a.invoice_id = CAST(i.id AS CHAR)
                              AND a.state IN ('DECLINED', 'REVIEW', 'SENT'))
           AND NOT EXISTS (SELECT 1 FROM charge_differences d
                            WHERE d.invoice_id = CAST(i.id AS CHAR) AND d.state = 'OPEN')
        """);
  }

  private static List<String> unbooked(Surroundings around) {
    var known = new HashSet<>(around.rows("SELECT gateway_transaction_id FROM payments"));
    var open =
        new HashSet<>(
            around.rows(
                "SELECT invoice_id FROM charge_attempts WHERE state = 'REVIEW' UNION SELECT"
                    + " invoice_id FROM charge_differences WHERE state = 'OPEN'"));
    return around.gateway().ledger().standing().stream()
        .filter(c -> !known.contains(c.transactionId()) && !open.contains(c.invoice()))
        .map(Charge::toString)
        .map(charge -> "charged and not booked: " + charge)
        .toList();
  }

  /**
   * Outcomes that were told under several Message-IDs, or not at all. What was adopted is told only
   * with {@code --mail}, which nobody gives here. Of an approval whose claim the database forgot,
   * the address is read again only where the invoice is still due: docs/mail.md.
   */
  private static List<String> untold(Surroundings around) {
    var problems = new ArrayList<String>();
    var ids = new TreeMap<String, Set<String>>();
    for (var mail : around.mail().received()) {
      var id = mail.messageId();
      ids.computeIfAbsent(id.replaceFirst("@.*", ""), outcome -> new TreeSet<>()).add(id);
    }
    ids.values().stream()
        .filter(same -> same.size() > 1)
        .forEach(same -> problems.add("one outcome under several Message-IDs: " + same));
    for (var outcome :
        around.rows(
            """
            SELECT CONCAT('<', charge_key, IF(state = 'SETTLED', '.accepted', '.declined'))
              FROM charge_attempts
             WHERE adopted = 0 AND state IN ('SETTLED', 'DECLINED')
               AND NOT (send_no = 0
                        AND (evidence LIKE '%in the app''s books already%'
                             OR EXISTS (SELECT 1 FROM charge_differences
                                         WHERE kind = 'OVERPAID' AND subject = charge_key)))
            """)) {
      if (!ids.containsKey(outcome)) {
        problems.add("not told: " + outcome);
      }
    }
    return problems;
  }

  /** Edges that never happened though they can; each voids the figure. */
  List<Edge> missing(String gateway, List<Edge> needed) {
    return missing(gateway, edges, needed);
  }

  /** Those that have not happened by now. */
  static List<Edge> missing(World world, List<Edge> needed) {
    return missing(world.gateway, edges(world), needed);
  }

  private static List<Edge> missing(String gateway, Map<Edge, Integer> edges, List<Edge> needed) {
    return needed.stream()
        .filter(edge -> edge.happensAt(gateway) && edges.getOrDefault(edge, 0) == 0)
        .toList();
  }

  String text() {
    var text =
        new StringBuilder(
            "%,d runs, %,d invoices, %,d charges, %,d mails; exit codes %s%n"
                .formatted(runs, invoices, charges, mails, exits));
    for (var edge : Edge.values()) {
      text.append("%,7d  %s%n".formatted(edges.getOrDefault(edge, 0), edge.words));
    }
    text.append(problems.isEmpty() ? "Nothing was charged twice, lost or left unbooked." : "");
    problems.forEach(problem -> text.append("! ").append(problem).append('\n'));
    return text.toString();
  }
}
