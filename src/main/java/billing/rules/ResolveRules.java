package billing.rules;

import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.Decision.Settle;
import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.GatewayReply.Unknown;
import billing.model.Invoice;
import billing.model.Sends;
import billing.rules.Resolution.Allowed;
import billing.rules.Resolution.Done;
import billing.rules.Resolution.NoAnswer;
import billing.rules.Resolution.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a person may decide about an attempt what he says, given the attempt and what the gateway
 * has under its key. A person may know more than both, but is never believed against the gateway.
 */
public final class ResolveRules {

  private final Horizon horizon;

  public ResolveRules(Horizon horizon) {
    this.horizon = horizon;
  }

  /**
   * A charge that is to be booked.
   *
   * @param settle what was taken
   * @param twins other charges under the same key that stand: each is one too many
   */
  public record Charged(Settle settle, List<Settle> twins) {}

  /** What ends an attempt that was not charged. */
  public sealed interface NotCharged {

    /** CANCELLED, with this evidence per send. */
    record Cancel(Sends sends) implements NotCharged {}

    /** First the gateway cancels this transaction, which could still become a charge. */
    record CloseFirst(String transactionId) implements NotCharged {}
  }

  /** Whether it is too early or too late to say that the attempt was charged; empty: neither. */
  public static Optional<Resolution<Charged>> chargedAlready(
      Attempt attempt, String transactionId) {
    if (attempt.state() == AttemptState.SETTLED) {
      return Optional.of(
          transactionId.equals(attempt.transactionId())
              ? new Done<>(attempt.key() + " is SETTLED by " + transactionId + " already")
              : new Refused<>(
                  "%s is SETTLED already, by transaction %s"
                      .formatted(attempt.key(), attempt.transactionId()),
                  show(attempt)));
    }
    return attempt.sendNo() == 0
        ? Optional.of(
            new Refused<>(attempt.key() + " was never sent, so it charged nothing", show(attempt)))
        : Optional.empty();
  }

  /**
   * Whether the attempt may be SETTLED by this transaction.
   *
   * @param found all that the gateway has under its key, and what it has under that id
   */
  public static Resolution<Charged> charged(
      Attempt attempt, String transactionId, List<GatewayReply> found) {
    var replies = new Replies(found);
    var approved = replies.standing(transactionId).orElse(null);
    if (approved != null) {
      var wrong = notOurs(attempt, approved.echo());
      return wrong == null
          ? new Allowed<>(
              new Charged(
                  AttemptRules.settle(attempt, approved), twins(attempt, replies, transactionId)),
              replies.words())
          : new Refused<>("transaction %s %s".formatted(transactionId, wrong), show(attempt));
    }
    var reply = replies.of(transactionId);
    if (reply.isPresent()) {
      return new Refused<>(
          "the gateway does not show transaction %s as charged: %s"
              .formatted(transactionId, Words.of(reply.get())),
          show(attempt));
    }
    if (replies.failure().isPresent()) {
      return new NoAnswer<>(replies.failure().get());
    }
    return new Refused<>(
        "the gateway has no transaction %s under %s: %s"
            .formatted(transactionId, attempt.key(), replies.words()),
        show(attempt));
  }

  /**
   * What cannot be this attempt's charge; amount and payment method are for the person to judge.
   */
  private static @Nullable String notOurs(Attempt attempt, Echo echo) {
    var order = attempt.order();
    if (!echo.bears(order.key())) {
      return echo.chargeKey() == null
          ? "bears no charge key, so it is not the charge of " + order.key()
          : "bears the key %s and not %s".formatted(echo.chargeKey(), order.key());
    }
    if (echo.invoiceId() != null && !echo.invoiceId().equals(order.invoiceId())) {
      return "is about invoice %s and not %s".formatted(echo.invoiceId(), order.invoiceId());
    }
    var amount = echo.amount();
    if (amount != null && !amount.currency().equals(order.amount().currency())) {
      return "took %s, and the invoice is in %s".formatted(amount, order.amount().currency());
    }
    return null;
  }

  private static List<Settle> twins(Attempt attempt, Replies replies, String but) {
    return replies.standing().stream()
        .filter(one -> !one.transactionId().equals(but) && notOurs(attempt, one.echo()) == null)
        .map(one -> AttemptRules.settle(attempt, one))
        .toList();
  }

  /** Whether it is too early or too late to say that the attempt charged nothing. */
  public Optional<Resolution<NotCharged>> notChargedAlready(Attempt attempt, Instant now) {
    return decidedAlready(attempt).or(() -> tooEarly(attempt, now));
  }

  /** Whether its state alone says that it charged nothing, or forbids to say so. */
  static Optional<Resolution<NotCharged>> decidedAlready(Attempt attempt) {
    return switch (attempt.state()) {
      case SENT, REVIEW -> Optional.empty();
      case CANCELLED ->
          Optional.of(new Done<>(attempt.key() + " is CANCELLED already: it charged nothing"));
      case DECLINED ->
          Optional.of(
              new Refused<>(
                  attempt.key()
                      + " is DECLINED: that it charged nothing is decided"
                      + (attempt.sends().inDoubt()
                          ? ", and before the next try the gateway is asked about it once more"
                          : ""),
                  show(attempt)));
      case PENDING ->
          Optional.of(
              new Refused<>(
                  attempt.key() + " is PENDING: nothing of it is at the gateway",
                  "billing charge        which sends it, if it is still due"));
      case SETTLED ->
          Optional.of(
              new Refused<>(
                  "%s is SETTLED by transaction %s"
                      .formatted(attempt.key(), attempt.transactionId()),
                  "billing resolve --invoice %s --charge-again --because TEXT        once refunded"
                      .formatted(attempt.order().invoiceId())));
    };
  }

  private Optional<Resolution<NotCharged>> tooEarly(Attempt attempt, Instant now) {
    var last = AttemptRules.lastSent(attempt);
    var from = attempt.sends().indeterminate() ? horizon.ofIndeterminate(last) : horizon.of(last);
    return Resolution.tooEarly(attempt, from, now, "the gateway", "the same command after that");
  }

  /**
   * Whether the attempt may be CANCELLED as not charged.
   *
   * @param found all that the gateway has under its key
   * @param clocksApart the largest distance between the clocks of database, host and gateway
   */
  public Resolution<NotCharged> notCharged(
      Attempt attempt, List<GatewayReply> found, Duration clocksApart) {
    var replies = new Replies(found);
    if (replies.failure().isPresent()) {
      return new NoAnswer<>(replies.failure().get());
    }
    if (!replies.standing().isEmpty()) {
      var id = replies.standing().getFirst().transactionId();
      return new Refused<>(
          "the gateway shows %s as charged by transaction %s".formatted(attempt.key(), id),
          "billing resolve %s --settled %s --because TEXT        or refund all of it there first"
              .formatted(attempt.key(), id));
    }
    if (replies.processing().isPresent()) {
      return new Refused<>(
          "the gateway has not decided transaction %s yet"
              .formatted(replies.processing().get().transactionId()),
          show(attempt));
    }
    if (attempt.sends().approved() && replies.reversed().isEmpty()) {
      return new Refused<>(
          "an approval of %s is on record, and the gateway does not show it now: %s"
              .formatted(attempt.key(), replies.words()),
          "the same command once the gateway shows that charge as given back, or --settled TXN");
    }
    if (replies.openDoor().isPresent()) {
      return new Allowed<>(new NotCharged.CloseFirst(replies.openDoor().get()), replies.words());
    }
    if (replies.nothing() && clocksApart.compareTo(Limits.CLOCKS_APART) > 0) {
      return new Refused<>(
          "the gateway has nothing under %s, but the clocks are %d s apart"
              .formatted(attempt.key(), clocksApart.toSeconds()),
          "set the clocks, then the same command");
    }
    return new Allowed<>(new NotCharged.Cancel(sends(attempt, replies)), replies.words());
  }

  /** A charge that was given back is accounted for: nobody need look for it again. */
  private static Sends sends(Attempt attempt, Replies replies) {
    return replies.reversed().isPresent()
        ? new Sends(attempt.sends().letters().replaceAll("[?!pa]", "c"))
        : attempt.sends();
  }

  /**
   * Whether a SETTLED attempt may be released, so that its invoice is charged once more.
   *
   * @param unasked what was charged where nobody asks now, in words; empty: nothing
   * @param found all that the gateway has of the invoice, but for what was released before
   * @param although whether the person knows that the first charge was not refunded
   */
  public static Resolution<Attempt> chargeAgain(
      Attempt settled, Optional<String> unasked, List<GatewayReply> found, boolean although) {
    var replies = new Replies(found);
    if (although) {
      return new Allowed<>(settled, replies.words());
    }
    if (unasked.isPresent()) {
      return new Refused<>(
          unasked.get(),
          "if it was refunded there, or the customer is to pay twice, --although-not-refunded");
    }
    if (found.stream().anyMatch(reply -> reply instanceof Unknown unknown && unknown.heard())) {
      return new Refused<>(
          "the gateway does not say whether invoice %s is still charged: %s"
              .formatted(settled.order().invoiceId(), replies.words()),
          "the same command later; or, if the customer is to pay all the same,"
              + " --although-not-refunded");
    }
    if (replies.failure().isPresent()) {
      return new NoAnswer<>(replies.failure().get());
    }
    if (!replies.standing().isEmpty() || replies.processing().isPresent()) {
      return new Refused<>(
          "the gateway still shows invoice %s as charged: %s"
              .formatted(settled.order().invoiceId(), replies.words()),
          "refund it there first; or, if the customer is to pay twice, --although-not-refunded");
    }
    return new Allowed<>(settled, replies.words());
  }

  /**
   * Whether what is SETTLED here may be written into the app's books, which have lost it.
   *
   * @param found all that the gateway has under its key, and what it has under its transaction's id
   * @param open its invoice as the app has it now; null where nothing of that is open
   */
  public static Resolution<Attempt> book(
      Attempt settled, List<GatewayReply> found, @Nullable Invoice open) {
    // The app may have been restored by itself, and have given out the invoice's number again.
    if (open != null && Whose.isAnothers(settled.order(), open)) {
      return new Refused<>(
          "transaction %s is of customer %s, and invoice %s of %s now"
              .formatted(
                  settled.transactionId(),
                  settled.order().customerRef(),
                  open.id(),
                  open.customerRef()),
          "enter it in the app's books where it belongs, which closes the difference; or --accept");
    }
    var replies = new Replies(found);
    var id = settled.transactionId();
    if (id != null && replies.standing(id).isPresent()) {
      return new Allowed<>(settled, replies.words());
    }
    var told = id != null && replies.of(id).isPresent();
    if (!told && replies.failure().isPresent()) {
      return new NoAnswer<>(replies.failure().get());
    }
    return new Refused<>(
        "the gateway does not show transaction %s as charged: %s".formatted(id, replies.words()),
        "--accept, where nothing is to be booked");
  }

  private static String show(Attempt attempt) {
    return "billing show " + attempt.order().invoiceId() + " --live";
  }
}
