package billing.modelcheck;

import static billing.model.Sends.Mark;

import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Decision;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Looked;
import billing.model.Outcome;
import billing.model.Sends;
import billing.modelcheck.SimStore.Row;
import billing.modelcheck.StoreCall.As;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Draws a next call that a run could make, or nearly: now and then it names a send that is not the
 * newest, a transaction that is somebody else's, or a fence that is not its own.
 */
final class StoreDraw {

  static final List<String> INVOICES = List.of("1", "2", "3", "4", "5");
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant FAR_AHEAD = Instant.parse("2099-01-01T00:00:00Z");

  private final SimStore store;
  private final int runs;
  private final Random random;

  /** A transaction that everybody names; null: each his own, or any. */
  private @Nullable String common;

  StoreDraw(SimStore store, int runs, long seed) {
    this.store = store;
    this.runs = runs;
    this.random = new Random(seed);
  }

  StoreCall call() {
    var dice = random.nextInt(100);
    if (runs == 0 || dice < 5) {
      var account = random.nextInt(6) == 0 ? World.SECOND : World.FIRST;
      return new StoreCall.Begin(random.nextInt(5) == 0 ? 10 : 0, account);
    }
    if (dice < 18) {
      return new StoreCall.Enqueue(run());
    }
    if (dice < 46) {
      var only = random.nextInt(4) == 0 ? Set.of(pick(INVOICES)) : null;
      return new StoreCall.Claim(run(), as(), 1 + random.nextInt(5), only);
    }
    if (dice < 64) {
      return new StoreCall.Say(run(), as(), outcomes(this::isSent, this::no));
    }
    if (dice < 80) {
      return new StoreCall.Book(run(), outcomes(row -> true, this::approval));
    }
    return seldom(dice);
  }

  private StoreCall seldom(int dice) {
    return switch (dice % 10) {
      case 0 -> new StoreCall.ReadSent(run(), after(), 1 + random.nextInt(3));
      case 1, 2 -> new StoreCall.ReadSiblings(run(), after(), 1 + random.nextInt(3));
      case 3, 4 -> new StoreCall.LookedUp(run(), looked());
      case 5 -> new StoreCall.PayElsewhere(pick(INVOICES));
      case 6 -> new StoreCall.Owe(pick(INVOICES), pick(List.of(0L, 7900L, 7900L, 2500L, 20000L)));
      case 7 -> new StoreCall.ChangeCard(pick(INVOICES), random.nextInt(8) == 0 ? null : card());
      case 8 -> new StoreCall.Pause(random.nextInt(4) == 0);
      default -> new StoreCall.LetTimePass();
    };
  }

  private String card() {
    return pick(List.of("pm_1", "pm_2"));
  }

  private <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** Mostly the newest; else one that was fenced off. */
  private int run() {
    return random.nextInt(6) == 0 ? random.nextInt(runs) : runs - 1;
  }

  private As as() {
    return random.nextInt(12) == 0 ? pick(List.of(As.values())) : As.ITSELF;
  }

  private @Nullable ChargeKey after() {
    return store.rows.isEmpty() || random.nextBoolean() ? null : pick(store.rows).key();
  }

  private boolean isSent(Row row) {
    return row.attempt().state() == AttemptState.SENT;
  }

  /** One outcome each of one to three attempts, mostly of such. */
  private List<Outcome> outcomes(Predicate<Row> such, Function<Row, Outcome> of) {
    var rows = new ArrayList<>(store.rows);
    Collections.shuffle(rows, random);
    if (random.nextInt(4) > 0) {
      rows.removeIf(such.negate());
    }
    if (random.nextInt(4) == 0) {
      var one = pick(INVOICES);
      rows.removeIf(row -> !row.attempt().order().invoiceId().equals(one));
    }
    common = random.nextInt(4) == 0 ? "x1" : null;
    var most = random.nextInt(3) == 0 ? 1 : 3;
    return rows.stream().limit(most).map(of).toList();
  }

  private Outcome no(Row row) {
    var present = row.attempt().sendNo();
    var sendNo =
        random.nextInt(7) == 0 ? Math.max(0, present - 1 + 2 * random.nextInt(2)) : present;
    var sends = sends(row, sendNo);
    return switch (common == null ? random.nextInt(9) : 5 + random.nextInt(2)) {
      case 0, 1 -> no(row, sendNo, sends, Mark.DECLINED, decline());
      case 2, 3 -> {
        var mark = pick(List.of(Mark.UNANSWERED, Mark.NEVER_LEFT, Mark.REFUSED));
        var wait = random.nextInt(3) == 0 ? pick(List.of(LONG_AGO, FAR_AHEAD)) : null;
        yield no(row, sendNo, sends, mark, new Decision.Repeat("absent", wait));
      }
      case 4 -> no(row, sendNo, sends, Mark.REFUSED, new Decision.Cancel("refused", refused(row)));
      case 5 -> {
        var id = random.nextBoolean() ? null : transaction(row);
        yield no(row, sendNo, sends, Mark.CONTRADICTED, new Decision.Review("odd", id));
      }
      case 6 -> {
        var settling = new Decision.Settling(transaction(row), FAR_AHEAD);
        yield no(row, sendNo, sends, Mark.PROCESSING, settling);
      }
      case 7 -> no(row, sendNo, sends, Mark.INDETERMINATE, new Decision.Ask("?", LONG_AGO, false));
      default -> no(row, sendNo, sends, Mark.UNANSWERED, new Decision.Ask("?", LONG_AGO, false));
    };
  }

  private Decision.Decline decline() {
    var again = random.nextInt(3) == 0 ? Config.TODAY.plusDays(3) : Config.TODAY;
    var none = random.nextInt(5) == 0;
    var first = Config.TODAY.plusDays(random.nextInt(2));
    return new Decision.Decline(
        "51", "no funds", random.nextInt(4) == 0, first, none ? null : again);
  }

  private @Nullable Difference refused(Row row) {
    var id = row.attempt().order().invoiceId();
    return random.nextInt(3) == 0
        ? null
        : new Difference(DifferenceKind.NOT_CHARGEABLE, id, id, pick(List.of("no", "never")));
  }

  private static Outcome no(Row row, int sendNo, Sends sends, Mark mark, Decision decision) {
    var told = sendNo == 0 ? sends : sends.with(sendNo, mark);
    return new Outcome(row.key(), sendNo, told, decision, "the gateway said " + mark);
  }

  private Outcome approval(Row row) {
    var attempt = row.attempt();
    var earlier = attempt.sendNo() > 1 && random.nextInt(5) == 0;
    var sendNo = earlier ? attempt.sendNo() - 1 : attempt.sendNo();
    var sends = sends(row, sendNo);
    return new Outcome(
        row.key(),
        sendNo,
        sendNo == 0 ? sends : sends.with(sendNo, Mark.APPROVED),
        new Decision.Settle(transaction(row), attempt.order().amount()),
        "approved");
  }

  /** The evidence as somebody knew it when that send was the newest. */
  private static Sends sends(Row row, int sendNo) {
    var letters = row.attempt().sends().letters();
    return sendNo <= letters.length()
        ? new Sends(letters.substring(0, sendNo))
        : row.attempt().sends().begin();
  }

  /** The one that it goes by already, as long as that is undecided. */
  private String transaction(Row row) {
    var known = row.attempt().transactionId();
    if (known != null && row.attempt().state() != AttemptState.SETTLED) {
      return known;
    }
    if (common != null) {
      return common;
    }
    return random.nextInt(5) < 3 ? "t-" + row.key() : pick(List.of("x1", "x2"));
  }

  private List<Looked> looked() {
    var rows = new ArrayList<>(store.rows);
    Collections.shuffle(rows, random);
    return rows.stream()
        .limit(2)
        .map(row -> new Looked(row.key(), random.nextInt(4) > 0, twice(row)))
        .toList();
  }

  private List<Difference> twice(Row row) {
    return random.nextInt(3) == 0
        ? List.of(Difference.chargedTwice(transaction(row), null, row.attempt()))
        : List.of();
  }
}
