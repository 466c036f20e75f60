package billing.gateway.stripe;

import billing.gateway.Answer;
import billing.gateway.Answer.Lost;
import billing.gateway.Answer.NeverLeft;
import billing.gateway.Answer.Reply;
import billing.gateway.Exchange;
import billing.gateway.Wording;
import billing.model.GatewayReply;
import billing.model.GatewayReply.AccountRefused;
import billing.model.GatewayReply.NotFound;
import billing.model.GatewayReply.Unknown;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks Stripe for an object. Nothing short of the whole object is an answer. */
final class Questions {

  /** What came back. */
  sealed interface Heard {

    record Found(JsonNode root) implements Heard {}

    /**
     * No answer to the question.
     *
     * @param error what Stripe said instead, where it said something
     */
    record Failed(String why, boolean keyRefused, @Nullable StripeError error) implements Heard {

      GatewayReply reply() {
        return keyRefused ? new AccountRefused(why) : new Unknown(why, false);
      }
    }
  }

  private final Exchange exchange;
  private final Map<String, String> headers;
  private final Wording wording;

  Questions(Exchange exchange, Map<String, String> headers, Wording wording) {
    this.exchange = exchange;
    this.headers = headers;
    this.wording = wording;
  }

  Heard ask(String pathAndQuery) {
    return heard(exchange.get(pathAndQuery, headers));
  }

  Heard askForPage(String pathAndQuery) {
    return heard(exchange.getPage(pathAndQuery, headers));
  }

  private Heard heard(Answer answer) {
    return switch (answer) {
      case NeverLeft(var why) -> new Heard.Failed(why, false, null);
      case Lost(var why) -> new Heard.Failed(why, false, null);
      case Reply reply -> heard(reply);
    };
  }

  private Heard heard(Reply reply) {
    var root = Json.object(reply.body());
    if (reply.status() == 200 && root.isPresent()) {
      return new Heard.Found(root.get());
    }
    var error = StripeError.in(reply);
    var words = error.map(e -> ", " + e.name() + ": " + e.message()).orElse("");
    return new Heard.Failed(
        wording.fit("HTTP " + reply.status() + words),
        reply.status() == 401 || reply.status() == 403,
        error.orElse(null));
  }

  /**
   * The same for an id that a person named, of a charge, too: Stripe says of one that it has none.
   * Of a charge that an intent made, the answer names the intent.
   */
  GatewayReply anyIntent(String id) {
    return switch (ask(path(id))) {
      case Heard.Found(var root) -> intent(id, root);
      case Heard.Failed failed when isMissing(failed) -> new NotFound();
      case Heard.Failed failed -> failed.reply();
    };
  }

  /**
   * Stripe calls the id in the address of an intent {@code intent}, that of a charge {@code id}.
   */
  static boolean isMissing(Heard.Failed failed) {
    return failed.error() != null
        && failed.error().is("resource_missing")
        && ("intent".equals(failed.error().param()) || "id".equals(failed.error().param()));
  }

  /** The intent as it is now, with its charge; whatever is in the way of that is unknown. */
  GatewayReply intent(String id) {
    return switch (ask(path(id))) {
      case Heard.Found(var root) -> intent(id, root);
      case Heard.Failed failed ->
          new Unknown(
              wording.fit("intent " + id + " not shown: " + failed.why()),
              false,
              isMissing(failed));
    };
  }

  /** The charge of that id as it is now, with the intent that made it, and that one's charge. */
  Heard charge(String id) {
    return ask(path(id));
  }

  private GatewayReply intent(String id, JsonNode root) {
    var shown = BareCharge.isItsId(id) ? BareCharge.intent(root) : root;
    return Intent.read(shown)
        .filter(intent -> id.equals(Json.text(root, "id")))
        .map(intent -> Intent.reply(shown, intent, wording))
        .orElseGet(() -> new Unknown("not the payment intent or charge " + id, false));
  }

  private static String path(String id) {
    return BareCharge.isItsId(id)
        ? "/v1/charges/" + id + "?expand%5B%5D=payment_intent.latest_charge"
        : "/v1/payment_intents/" + id + "?expand%5B%5D=latest_charge";
  }
}
