package billing.gateway.stripe;

import billing.gateway.AccountReply;
import billing.gateway.Answer.Lost;
import billing.gateway.Answer.NeverLeft;
import billing.gateway.Answer.Reply;
import billing.gateway.Exchange;
import billing.gateway.Form;
import billing.gateway.Gateway;
import billing.gateway.GatewaySettings;
import billing.gateway.Listing;
import billing.gateway.Permit;
import billing.gateway.Wording;
import billing.model.Account;
import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.GatewayReply;
import billing.model.GatewayReply.Closed;
import billing.model.GatewayReply.Declined;
import billing.model.GatewayReply.NotCharged;
import billing.model.GatewayReply.NotCharged.Proof;
import billing.model.GatewayReply.NotFound;
import billing.model.GatewayReply.OrderRefused;
import billing.model.GatewayReply.Undecided;
import billing.model.GatewayReply.Unknown;
import billing.model.Order;
import billing.model.Timings;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stripe PaymentIntents: created and confirmed in one call, off-session, under the charge key as
 * idempotency key. A doubt is looked up by listing, never by search, which lags.
 */
public final class Stripe implements Gateway {

  public static final URI URL = URI.create("https://api.stripe.com");

  /** Fixed, or the account's own default version would decide what a reply looks like. */
  private static final String VERSION = "2025-08-27.basil";

  private static final String INTENTS = "/v1/payment_intents";

  /**
   * <ul>
   *   <li>permit 20 s, transit 5 min, skew 30 s: the product's own (docs/design.md)
   *   <li>processing 8 min: with the rest it reaches past the quarter of an hour after which a
   *       second empty listing counts; Stripe promises no bound
   *   <li>lag 1 min: listing is read-after-write ("use list instead of search"), replicas aside
   *   <li>first ask 2 s: it reads its own writes, so there is nothing to wait for
   *   <li>duplicate window none: the key is the guard
   *   <li>indeterminate 24 h: the life of the key under which a 500 is stored
   * </ul>
   */
  static final Timings TIMINGS =
      new Timings(
          Duration.ofSeconds(20),
          Duration.ofMinutes(5),
          Duration.ofMinutes(8),
          Duration.ofMinutes(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2),
          Duration.ZERO,
          Duration.ofHours(24));

  private final Exchange exchange;
  private final Timings timings;
  private final String authorization;
  private final boolean testKey;
  private final Wording wording;
  private final ChargeReplies replies;
  private final Questions questions;
  private final Lookup lookup;
  private final Everything everything;

  private Stripe(GatewaySettings settings, Exchange exchange) {
    this.exchange = exchange;
    this.timings = settings.timingsOr(TIMINGS);
    this.authorization = "Bearer " + settings.key();
    this.testKey = settings.key().contains("_test_");
    this.wording = new Wording(settings.key());
    this.replies = new ChargeReplies(wording);
    this.questions = new Questions(exchange, headers(), wording);
    this.lookup = new Lookup(questions, timings, settings.timeout());
    this.everything = new Everything(questions, wording);
  }

  public static Stripe open(GatewaySettings settings, InstantSource clock) {
    return new Stripe(settings, Exchange.open(settings, clock));
  }

  @Override
  public String kind() {
    return "stripe";
  }

  /** 100 in live mode, 25 in test mode (Stripe docs, "Rate limits"). */
  @Override
  public int requestsPerSecond() {
    return testKey ? 25 : 100;
  }

  @Override
  public int protocol() {
    return 1;
  }

  @Override
  public Timings timings() {
    return timings;
  }

  /** The account object bears no mode; the key's own name does ({@code sk_test_}). */
  @Override
  public AccountReply account() {
    return switch (exchange.get("/v1/account", headers())) {
      case NeverLeft(var why) -> new AccountReply.Unreachable(why);
      case Lost(var why) -> new AccountReply.Unreachable(why);
      case Reply reply -> account(reply);
    };
  }

  private AccountReply account(Reply reply) {
    if ((reply.status() == 401 || reply.status() == 403) && StripeError.in(reply).isPresent()) {
      return new AccountReply.Refused(replies.refusal(reply));
    }
    var id = Json.object(reply.body()).map(root -> Json.text(root, "id")).orElse(null);
    return reply.status() == 200 && id != null
        ? new AccountReply.Known(new Account(kind(), id, !testKey))
        : new AccountReply.Unreachable("HTTP " + reply.status() + " without an account");
  }

  @Override
  public GatewayReply charge(Attempt attempt, Permit permit) {
    var order = attempt.order();
    var amount = WireAmount.of(order.amount());
    if (amount.isEmpty()) {
      return new OrderRefused("amount", order.amount() + " cannot be asked of Stripe");
    }
    return switch (exchange.post(
        INTENTS, headers(order.key()), form(order, amount.get()), permit)) {
      case NeverLeft(var why) -> new NotCharged(why, Proof.NEVER_LEFT);
      case Lost(var why) -> new Unknown(why, false);
      case Reply reply ->
          ChargeReplies.history(reply).map(questions::intent).orElseGet(() -> replies.read(reply));
    };
  }

  /** Protocol 1. Its bytes are compared by Stripe: another order of fields is another protocol. */
  private static Form form(Order order, long amount) {
    return new Form()
        .with("amount", Long.toString(amount))
        .with("currency", order.amount().currency().code().toLowerCase(Locale.ROOT))
        .with("customer", order.customerRef())
        .with("payment_method", order.paymentRef())
        .with("confirm", "true")
        .with("off_session", "true")
        .with("payment_method_types[]", "card")
        .with("description", order.description())
        .with("metadata[charge_key]", order.key().value())
        .with("metadata[invoice_id]", order.invoiceId())
        .with("metadata[attempt_no]", Integer.toString(order.attemptNo()))
        .with("metadata[installation]", order.installation())
        .with("expand[]", "latest_charge");
  }

  @Override
  public List<GatewayReply> find(Attempt attempt, boolean afterDuplicate) {
    return lookup.find(attempt); // every intent has a key of its own: no other one can be meant
  }

  @Override
  public GatewayReply close(Attempt attempt, String transactionId) {
    if (!Intent.isId(transactionId)) {
      return new Unknown("no intent's id: " + wording.fit(transactionId), false);
    }
    var path = INTENTS + "/" + transactionId + "/cancel";
    var form = new Form().with("cancellation_reason", "abandoned");
    return switch (exchange.post(path, headers(), form, () -> true)) {
      case NeverLeft(var why) -> new Unknown(why, false);
      case Lost(var why) -> new Unknown(why, false);
      case Reply reply -> closed(reply, transactionId);
    };
  }

  private GatewayReply closed(Reply reply, String id) {
    if (reply.status() == 200
        && Json.object(reply.body())
            .flatMap(Intent::read)
            .filter(i -> isClosed(i, id))
            .isPresent()) {
      return new Closed(id);
    }
    // Charged or cancelled before we came: what it is now, the intent itself says.
    var tooLate =
        StripeError.in(reply).filter(e -> e.is("payment_intent_unexpected_state")).isPresent();
    return tooLate
        ? afterwards(questions.intent(id), id)
        : new Unknown("HTTP " + reply.status(), false);
  }

  private static GatewayReply afterwards(GatewayReply now, String id) {
    if (now instanceof Undecided) {
      return new Unknown("could not be cancelled, and is still undecided", false);
    }
    if (now instanceof Declined declined) {
      return declined.openDoor() == null
          ? new Closed(id)
          : new Unknown("could not be cancelled, and is still open", false);
    }
    return now;
  }

  private static boolean isClosed(Intent intent, String id) {
    return intent.id().equals(id) && intent.status().equals("canceled");
  }

  @Override
  public Listing list(Instant from, Instant until, @Nullable String cursor) {
    return everything.list(from, until, cursor);
  }

  /** The order of Stripe's lists (API reference, "List all PaymentIntents"). */
  @Override
  public boolean listsNewestFirst() {
    return true;
  }

  @Override
  public GatewayReply look(String transactionId, @Nullable Currency currency) {
    return Intent.isId(transactionId) ? questions.anyIntent(transactionId) : new NotFound();
  }

  private Map<String, String> headers() {
    return Map.of("Authorization", authorization, "Stripe-Version", VERSION);
  }

  private Map<String, String> headers(ChargeKey key) {
    return Map.of(
        "Authorization", authorization, "Stripe-Version", VERSION, "Idempotency-Key", key.value());
  }

  @Override
  public Duration clockAhead() {
    return exchange.clockAhead();
  }

  @Override
  public void close() {
    exchange.close();
  }
}
