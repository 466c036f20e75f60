package billing.gateway.stripe;

import billing.gateway.Form;
import billing.gateway.stripe.Questions.Heard;
import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotFound;
import billing.model.GatewayReply.Unknown;
import billing.model.Timings;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds every intent that bears a charge key by listing (the list has no filter for metadata) and
 * retrieves each, since only that shows its charge as it is now. A listing that is not complete is
 * unknown, never "not found".
 */
final class Lookup {

  private static final int PAGE = 100;

  /** More than an account is let make in the time that a doubt without a customer spans. */
  static final int MOST_PAGES = 1000;

  /** Around what is asked for: its times are the database's, the filter goes by Stripe's clock. */
  private static final Duration MARGIN = Duration.ofMinutes(5);

  /**
   * The same before the first send, by customer, who has few intents a day: the database's clock
   * may have been ahead then and right by now. Without its customer Stripe takes no payment method
   * twice, so that a list of all need not be that long.
   */
  private static final Duration MARGIN_BY_CUSTOMER = Duration.ofDays(1);

  private final Questions questions;
  private final Timings timings;
  private final Duration deadline;

  Lookup(Questions questions, Timings timings, Duration deadline) {
    this.questions = questions;
    this.timings = timings;
    this.deadline = deadline;
  }

  private sealed interface Listing {

    record Complete(Set<String> ids) implements Listing {}

    record Failed(Heard.Failed why) implements Listing {

      static Failed because(String why) {
        return new Failed(new Heard.Failed(why, false, null));
      }
    }
  }

  List<GatewayReply> find(Attempt attempt) {
    var first = attempt.firstSentAt();
    if (first == null) {
      return List.of(new Unknown("never sent: no time from which to list", false));
    }
    var customer = attempt.order().customerRef();
    var listing = list(attempt.key(), query(first, attempt.lastSentAt(), customer));
    if (customer != null && listing instanceof Listing.Failed(var why) && isNoCustomer(why)) {
      listing = list(attempt.key(), query(first, attempt.lastSentAt(), null));
    }
    return switch (listing) {
      case Listing.Complete(var ids) -> retrieve(ids, attempt.transactionId());
      case Listing.Failed(var why) -> List.of(why.reply());
    };
  }

  /** A customer who was deleted since; his intents are still in the list of all. */
  private static boolean isNoCustomer(Heard.Failed why) {
    return why.error() != null
        && why.error().is("resource_missing")
        && "customer".equals(why.error().param());
  }

  private List<GatewayReply> retrieve(Set<String> listed, @Nullable String known) {
    var ids = new LinkedHashSet<>(listed);
    if (known != null && Intent.isId(known)) {
      ids.add(known);
    }
    return ids.isEmpty() ? List.of(new NotFound()) : ids.stream().map(questions::intent).toList();
  }

  /** By customer to the present; of all customers only as long as a send could take effect. */
  private Form query(Instant first, @Nullable Instant last, @Nullable String customer) {
    var skew = timings.clockSkew();
    var margin = skew.compareTo(MARGIN) > 0 ? skew : MARGIN;
    var until =
        (last == null ? first : last)
            .plus(timings.permit())
            .plus(deadline)
            .plus(timings.transit())
            .plus(timings.processing())
            .plus(margin);
    var from = first.minus(customer == null ? margin : MARGIN_BY_CUSTOMER);
    return new Form()
        .with("customer", customer)
        .with("created[gte]", Long.toString(from.getEpochSecond()))
        .with("created[lte]", customer == null ? Long.toString(until.getEpochSecond()) : null)
        .with("limit", Integer.toString(PAGE));
  }

  private Listing list(ChargeKey key, Form query) {
    var ids = new LinkedHashSet<String>();
    var page = "/v1/payment_intents?" + query.query();
    String after = "";
    for (int pages = 0; pages < MOST_PAGES; pages++) {
      switch (questions.askForPage(page + after)) {
        case Heard.Failed failed -> {
          return new Listing.Failed(failed);
        }
        case Heard.Found(var root) -> {
          var rows = root.path("data");
          var more = Json.flag(root, "has_more");
          if (!rows.isArray() || more == null || (more && rows.isEmpty())) {
            return Listing.Failed.because("not a list of payment intents");
          }
          for (var row : rows) {
            var id = Json.text(row, "id");
            if (id == null || !Intent.isId(id)) {
              return Listing.Failed.because("a payment intent without an id in the list");
            }
            if (!row.path("metadata").isObject()) {
              return Listing.Failed.because("a payment intent without its metadata in the list");
            }
            if (bears(key, row)) {
              ids.add(id);
            }
            after = "&starting_after=" + id;
          }
          if (!more) {
            return new Listing.Complete(ids);
          }
        }
      }
    }
    return Listing.Failed.because("more than " + MOST_PAGES * PAGE + " payment intents to list");
  }

  private static boolean bears(ChargeKey key, JsonNode row) {
    return key.value().equals(Json.text(row.path("metadata"), "charge_key"));
  }
}
