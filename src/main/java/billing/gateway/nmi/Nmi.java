package billing.gateway.nmi;

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
import billing.model.Currency;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotCharged;
import billing.model.GatewayReply.NotCharged.Proof;
import billing.model.GatewayReply.OrderRefused;
import billing.model.GatewayReply.Unknown;
import billing.model.Order;
import billing.model.Sends;
import billing.model.Timings;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * NMI's Payment API ("Direct Post") with a card of its customer vault, and its Query API. It has no
 * idempotency key: what backs a repeat is its duplicate check, raised to cover the time since the
 * first send, where the account allows that.
 */
public final class Nmi implements Gateway {

  public static final URI URL = URI.create("https://secure.nmi.com");

  /**
   * <ul>
   *   <li>permit 20 s, transit 5 min, skew 30 s: the product's own (docs/design.md)
   *   <li>processing 40 min and lag 15 min: NMI states neither how long a sale may take nor when
   *       the Query API shows it; together the horizon passes an hour
   *   <li>first ask 5 s: a sale that was just made has been seen to be missing
   *   <li>duplicate window 20 min: the default of "Duplicate Velocity Controls"
   *   <li>indeterminate 24 h: unused, since NMI stores no failure under a key
   * </ul>
   */
  static final Timings TIMINGS =
      new Timings(
          Duration.ofSeconds(20),
          Duration.ofMinutes(5),
          Duration.ofMinutes(40),
          Duration.ofMinutes(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Duration.ofMinutes(20),
          Duration.ofHours(24));

  /** On top of the time since the first send, which two clocks measure. */
  private static final Duration GUARD_MARGIN = Duration.ofMinutes(10);

  /** The largest {@code dup_seconds}: 91 days. */
  private static final long LONGEST_GUARD = 7_862_400;

  private final Exchange exchange;
  private final GatewaySettings settings;
  private final InstantSource clock;
  private final Wording wording;
  private final Timings timings;
  private final Lookup lookup;
  private final Everything everything;

  private Nmi(GatewaySettings settings, InstantSource clock, Exchange exchange) {
    this.exchange = exchange;
    this.settings = settings;
    this.clock = clock;
    this.wording = new Wording(settings.key());
    this.timings = settings.timingsOr(TIMINGS);
    this.lookup = new Lookup(exchange, settings.key(), timings, wording);
    this.everything =
        new Everything(lookup, new Rows(lookup, wording), () -> clock.instant().plus(clockAhead()));
  }

  public static Nmi open(GatewaySettings settings, InstantSource clock) {
    return new Nmi(settings, clock, Exchange.open(settings, clock));
  }

  @Override
  public String kind() {
    return "nmi";
  }

  /** NMI limits, and says so when it does (301, 429), but publishes no number. */
  @Override
  public int requestsPerSecond() {
    return 0;
  }

  @Override
  public int protocol() {
    return 1;
  }

  @Override
  public Timings timings() {
    return timings;
  }

  /**
   * NMI tells no account's id, and test mode is a switch in its portal that no reply shows. So a
   * harmless question proves that the key works, and all but a sandbox on loopback is live.
   */
  @Override
  public AccountReply account() {
    return switch (lookup.ask(lookup.form().with("order_id", "NO-SUCH-ORDER"))) {
      case Report.Transactions(var all) ->
          new AccountReply.Known(new Account(kind(), null, !settings.isLoopback()));
      case Report.Refused(var text) when Codes.isAboutTheAccount(text) ->
          new AccountReply.Refused(wording.fit(text));
      case Report.Refused(var text) ->
          new AccountReply.Unreachable(wording.fit("query refused: " + text));
      case Report.Unreadable(var why) -> new AccountReply.Unreachable(wording.fit(why));
    };
  }

  @Override
  public GatewayReply charge(Attempt attempt, Permit permit) {
    var order = attempt.order();
    if (order.amount().minor() <= 0) {
      return new OrderRefused("amount", order.amount() + " cannot be charged");
    }
    var form = form(order).with("dup_seconds", guard(attempt));
    return switch (exchange.post("/api/transact.php", Map.of(), form, permit)) {
      case NeverLeft(var why) -> new NotCharged(why, Proof.NEVER_LEFT);
      case Lost(var why) -> new Unknown(why, false);
      case Reply reply -> heard(reply, order);
    };
  }

  private GatewayReply heard(Reply reply, Order order) {
    return switch (reply.status()) {
      // The line does not show by itself that it is whole.
      case 200 ->
          reply.saysItsEnd()
              ? SaleReply.read(reply.body(), order, wording)
              : new Unknown("a reply that does not say where it ends", false);
      // "System-wide rate limit": the request was not processed.
      case 429 -> new NotCharged("throttled: HTTP 429", Proof.THROTTLED);
      default -> new Unknown("HTTP " + reply.status(), false);
    };
  }

  /** Protocol 1, guard parameters aside. */
  private Form form(Order order) {
    return new Form()
        .with("security_key", settings.key())
        .with("type", "sale")
        .with("amount", Decimals.text(order.amount()))
        .with("currency", order.amount().currency().code())
        .with("customer_vault_id", order.paymentRef())
        .with("orderid", order.key().value())
        .with("order_description", order.description())
        .with("ponumber", order.invoiceId())
        .with("merchant_defined_field_1", order.key().value())
        .with("merchant_defined_field_2", order.invoiceId())
        .with("merchant_defined_field_3", order.installation())
        .with("initiated_by", "merchant")
        .with("stored_credential_indicator", "used");
  }

  /**
   * Only on a repeat after a send that may have charged. Any other leaves the account's own window,
   * since a longer one would make equal invoices of one card block each other: for ever, where the
   * send before was refused as the duplicate of such an invoice.
   */
  private @Nullable String guard(Attempt attempt) {
    var before = attempt.sends().letters();
    var earlier = before.isEmpty() ? "" : before.substring(0, before.length() - 1);
    var first = attempt.firstSentAt();
    if (first == null || new Sends(earlier).chargedNothing()) {
      return null;
    }
    return Long.toString(Math.min(LONGEST_GUARD, secondsSince(first)));
  }

  private long secondsSince(Instant first) {
    var elapsed = Duration.between(first, clock.instant());
    return (elapsed.isNegative() ? Duration.ZERO : elapsed).plus(GUARD_MARGIN).toSeconds();
  }

  @Override
  public List<GatewayReply> find(Attempt attempt, boolean afterDuplicate) {
    return lookup.find(attempt, afterDuplicate);
  }

  /** A sale is charged or refused at once: nothing is left open that could be cancelled. */
  @Override
  public GatewayReply close(Attempt attempt, String transactionId) {
    return new Unknown("a sale leaves nothing open to cancel", false);
  }

  @Override
  public Listing list(Instant from, Instant until, @Nullable String cursor) {
    return everything.list(from, until, cursor);
  }

  /** The oldest slice of time comes first, see {@link Everything}. */
  @Override
  public boolean listsNewestFirst() {
    return false;
  }

  @Override
  public GatewayReply look(String transactionId, @Nullable Currency currency) {
    return lookup.look(transactionId, currency);
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
