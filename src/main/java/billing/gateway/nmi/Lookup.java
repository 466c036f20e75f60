package billing.gateway.nmi;

import billing.gateway.Answer;
import billing.gateway.Answer.Lost;
import billing.gateway.Answer.NeverLeft;
import billing.gateway.Answer.Reply;
import billing.gateway.Exchange;
import billing.gateway.Form;
import billing.gateway.Listing;
import billing.gateway.TransactionId;
import billing.gateway.Wording;
import billing.model.Attempt;
import billing.model.Currency;
import billing.model.GatewayReply;
import billing.model.GatewayReply.AccountRefused;
import billing.model.GatewayReply.Approved;
import billing.model.GatewayReply.Duplicate;
import billing.model.GatewayReply.DuplicateOf;
import billing.model.GatewayReply.NotFound;
import billing.model.GatewayReply.Unknown;
import billing.model.Timings;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks the Query API: exactly, by the order id, and where that has nothing also by the merchant
 * field that bears the same key, so that "not found" rests on two clean answers of two indexes.
 */
final class Lookup {

  private static final String QUERY = "/api/query.php";
  private static final String OTHER = "the query was answered with what it did not ask for";
  private static final int PAGE = 100;

  /** More sales than an account makes in the days that a doubt may be old. */
  private static final int MOST_PAGES = 1000;

  /** The window's edges are our clock's, the filter is the gateway's. */
  private static final Duration MARGIN = Duration.ofMinutes(5);

  private final Exchange exchange;
  private final String securityKey;
  private final Timings timings;
  private final Wording wording;

  Lookup(Exchange exchange, String securityKey, Timings timings, Wording wording) {
    this.exchange = exchange;
    this.securityKey = securityKey;
    this.timings = timings;
    this.wording = wording;
  }

  /** The form of a question: the key in the body, since addresses are logged. */
  Form form() {
    return new Form().with("security_key", securityKey);
  }

  Report ask(Form form) {
    return report(exchange.post(QUERY, Map.of(), form, () -> true));
  }

  /** The same for what may have many long rows. */
  Report askForPage(Form form) {
    return report(exchange.postPage(QUERY, form));
  }

  /** The transactions of a listing's page, or why there are none. */
  List<Filed> page(Form form) throws NoPage {
    return switch (askForPage(form)) {
      case Report.Transactions(var all) -> all;
      case Report.Unreadable(var why) -> throw new NoPage(new Listing.Failed(wording.fit(why)));
      case Report.Refused(var text) -> {
        var words = wording.fit(text);
        throw new NoPage(
            Codes.isAboutTheAccount(text)
                ? new Listing.Refused(words)
                : new Listing.Failed("query refused: " + words));
      }
    };
  }

  private static Report report(Answer answer) {
    return switch (answer) {
      case NeverLeft(var why) -> new Report.Unreadable(why);
      case Lost(var why) -> new Report.Unreadable(why);
      case Reply reply ->
          reply.status() == 200
              ? ReportReader.read(reply.body())
              : new Report.Unreadable("HTTP " + reply.status());
    };
  }

  List<GatewayReply> find(Attempt attempt, boolean afterDuplicate) {
    var key = attempt.key().value();
    var report = ask(form().with("order_id", key));
    if (report instanceof Report.Transactions(var none) && none.isEmpty()) {
      report = ask(form().with("merchant_defined_field_1", key));
    }
    return switch (report) {
      case Report.Transactions(var filed) -> found(attempt, filed, afterDuplicate);
      case Report.Refused(var text) -> List.of(refused(text));
      case Report.Unreadable(var why) -> List.of(new Unknown(wording.fit(why), false));
    };
  }

  GatewayReply look(String transactionId, @Nullable Currency currency) {
    return switch (ask(form().with("transaction_id", transactionId))) {
      case Report.Transactions(var filed) when filed.isEmpty() -> new NotFound();
      case Report.Transactions(var filed) ->
          filed.size() == 1 && filed.getFirst().id().equals(transactionId)
              ? withRefunds(filed.getFirst(), new Findings(currency, wording))
              : new Unknown(OTHER, false);
      case Report.Refused(var text) -> refused(text);
      case Report.Unreadable(var why) -> new Unknown(wording.fit(why), false);
    };
  }

  /** A refund may be filed beside its sale, under the same order id: ours, or one of many uses. */
  private GatewayReply withRefunds(Filed filed, Findings findings) {
    var reply = findings.anybodys(filed);
    if (!(reply instanceof Approved) || filed.orderId().isEmpty()) {
      return reply;
    }
    return switch (ask(form().with("order_id", filed.orderId()))) {
      case Report.Transactions(var all) ->
          all.stream()
              .filter(one -> one.id().equals(filed.id()))
              .map(one -> findings.anybodys(one, concerning(one, all)))
              .findFirst()
              .orElse(new Unknown(OTHER, false));
      case Report.Refused(var text) -> refused(text);
      case Report.Unreadable(var why) -> new Unknown(wording.fit(why), false);
    };
  }

  /** Of several sales under one order id, a refund that names none tells nothing of this one. */
  private static List<Filed> concerning(Filed sale, List<Filed> all) {
    var isAlone = all.stream().filter(Filed::hasCharge).count() <= 1;
    return isAlone
        ? all
        : all.stream()
            .filter(one -> one.id().equals(sale.id()) || one.originalId().equals(sale.id()))
            .toList();
  }

  private GatewayReply refused(String text) {
    var words = wording.fit(text);
    return Codes.isAboutTheAccount(text)
        ? new AccountRefused(words)
        : new Unknown("query refused: " + words, false);
  }

  private List<GatewayReply> found(Attempt attempt, List<Filed> filed, boolean afterDuplicate) {
    var key = attempt.key().value();
    if (!filed.stream().allMatch(f -> f.chargeKey().equals(key))) {
      return List.of(new Unknown(OTHER, false));
    }
    var replies = replies(attempt, filed);
    if (!replies.isEmpty()) {
      return replies;
    }
    // A refusal as a duplicate may be filed under our key too; it moved no money.
    return afterDuplicate || !filed.isEmpty() ? theOther(attempt) : List.of(new NotFound());
  }

  private List<GatewayReply> replies(Attempt attempt, List<Filed> filed) {
    return filed.isEmpty()
        ? List.of()
        : new Findings(attempt.order().amount().currency(), wording)
            .replies(filed).stream().filter(reply -> !(reply instanceof Duplicate)).toList();
  }

  /** The transaction that ours was taken for, or that there is none. */
  private List<GatewayReply> theOther(Attempt attempt) {
    var first = attempt.firstSentAt();
    if (first == null) {
      return List.of(new NotFound());
    }
    var from = first.minus(timings.duplicateWindow()).minus(MARGIN);
    var late = new ArrayList<Filed>();
    for (int page = 0; page < MOST_PAGES; page++) {
      switch (askForPage(window(from, page))) {
        case Report.Refused(var text) -> {
          return List.of(refused(text));
        }
        case Report.Unreadable(var why) -> {
          return List.of(new Unknown(wording.fit(why), false));
        }
        case Report.Transactions(var filed) -> {
          for (var one : filed) {
            if (one.chargeKey().equals(attempt.key().value())) {
              late.add(one); // ours after all, shown late
            } else if (isTheOther(one, attempt, from)) {
              return List.of(new DuplicateOf(one.id(), wording.fit(one.chargeKey())));
            }
          }
          if (filed.size() < PAGE) {
            var replies = replies(attempt, late);
            return replies.isEmpty() ? List.of(new NotFound()) : replies;
          }
        }
      }
    }
    return List.of(new Unknown("more than " + MOST_PAGES * PAGE + " transactions to list", false));
  }

  /** Filtered by the time of the last change, so no end is set: a settlement moves it. */
  private Form window(Instant from, int page) {
    return form()
        .with("action_type", "sale")
        .with("start_date", Filed.TIME.format(from.atOffset(ZoneOffset.UTC)))
        .with("result_limit", Integer.toString(PAGE))
        .with("page_number", Integer.toString(page));
  }

  private boolean isTheOther(Filed filed, Attempt attempt, Instant from) {
    var order = attempt.order();
    var sales = filed.sales(true);
    if (sales.size() != 1 || !TransactionId.isOne(filed.id()) || filed.chargeKey().isEmpty()) {
      return false;
    }
    var made = Filed.time(sales.getFirst());
    return isBetween(made, from, attempt.lastSentAt())
        && filed.vaultId().equals(order.paymentRef())
        // One of our own invoice is no stranger's: it may be its late approval.
        && !filed.element("merchant_defined_field_2").equals(order.invoiceId())
        && (filed.element("currency").isEmpty()
            || filed.element("currency").equals(order.amount().currency().code()))
        && Decimals.money(sales.getFirst().getOrDefault("amount", ""), order.amount().currency())
            .filter(order.amount()::equals)
            .isPresent();
  }

  private static boolean isBetween(
      @Nullable Instant made, Instant from, @Nullable Instant lastSent) {
    return made != null
        && lastSent != null
        && !made.isBefore(from)
        && made.isBefore(lastSent.plus(MARGIN));
  }
}
