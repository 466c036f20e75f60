package billing.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's front door, API v1: who may come in, idempotency keys, and what is asked.
 *
 * <p>Written from Stripe's documentation of PaymentIntents, errors and idempotent requests.
 */
final class StripeDoor implements Door {

  static final String VERSION = "2026-08-26.dahlia";
  private static final Pattern INTENT =
      Pattern.compile("/v1/payment_intents/([^/]+)(/confirm|/cancel|/capture)?");
  private static final Pattern CHARGE = Pattern.compile("/v1/charges/([^/]+)(/capture)?");
  private static final int LONGEST_KEY = 255;

  private final SandboxSettings settings;
  private final Faults faults;
  private final Effects effects;
  private final Ids ids;
  private final Rate rate = new Rate();
  private final StripeKeys keys;
  private final StripeIntents intents;
  private final StripeCharges charges;
  private final StripeReversals reversals;
  private final StripeEvents events;

  StripeDoor(SandboxSettings settings, Ledger ledger, Faults faults, Effects effects, Ids ids) {
    this.settings = settings;
    this.faults = faults;
    this.effects = effects;
    this.ids = ids;
    keys = new StripeKeys(settings.clock());
    var objects = new StripeObjects(ledger);
    intents = new StripeIntents(ledger, faults, objects, ids);
    charges = new StripeCharges(ledger, faults, objects, intents, ids);
    reversals = new StripeReversals(ledger, faults, objects, intents);
    events = new StripeEvents(ledger, faults, objects);
  }

  @Override
  public String name() {
    return "stripe";
  }

  @Override
  public Call understand(Request request) {
    var key = request.header("idempotency-key");
    var intent = INTENT.matcher(request.path());
    var id = intent.matches() ? intent.group(1) : null;
    var action = id == null ? null : intent.group(2);
    return new Call(name(), operation(request, id, action), key == null ? id : key, request);
  }

  private static Operation operation(
      Request request, @Nullable String id, @Nullable String action) {
    if (request.path().equals("/v1/account")) {
      return Operation.ACCOUNT;
    }
    if (!request.isPost()) {
      return Operation.LOOKUP;
    }
    if (request.path().equals("/v1/refunds")) {
      return Operation.REVERSE;
    }
    if (id != null) {
      return "/cancel".equals(action) ? Operation.CLOSE : Operation.CHARGE;
    }
    return request.form().is("confirm") || request.path().startsWith("/v1/charges")
        ? Operation.CHARGE
        : Operation.OTHER;
  }

  @Override
  public Reply answer(Call call, Fault fault) throws IOException {
    var requestId = ids.of("req");
    var version = call.request().header("stripe-version");
    Reply reply;
    try {
      refuse(fault);
      var merchant = merchant(call.request());
      var key = call.request().header("idempotency-key");
      reply =
          key == null || !call.request().isPost() || !faults.weather().idempotency()
              ? execute(call, merchant, fault)
              : keyed(call, merchant, key, fault, requestId);
    } catch (StripeError e) {
      reply = StripeObjects.error(e);
      if (e.status() == 429) {
        reply = reply.with("Stripe-Rate-Limited-Reason", "global-rate");
      }
    }
    return reply
        .with("Request-Id", requestId)
        .with("Stripe-Version", version == null ? VERSION : version);
  }

  /** What happens before the idempotency layer, and is never stored. */
  private void refuse(Fault fault) {
    if (fault.kind() == Fault.Kind.THROTTLED
        || fault.kind() == Fault.Kind.HTTP_429
        || !rate.admits(faults.weather().rate())) {
      throw new StripeError(
          429, "invalid_request_error", "rate_limit", "Request rate limit exceeded.");
    }
    if (fault.kind() == Fault.Kind.UNAVAILABLE || fault.kind() == Fault.Kind.LOOKUP_FAILS) {
      throw new StripeError(503, "api_error", null, "Stripe is temporarily unavailable.");
    }
  }

  /** A restricted key, {@code rk_} for {@code sk_}, may do all but tell whose account it is. */
  private Merchant merchant(Request request) {
    var key = key(request.header("authorization"));
    if (key == null) {
      throw new StripeError(
          401,
          "invalid_request_error",
          null,
          "You did not provide an API key. Provide it in the Authorization header.");
    }
    var whose = key.startsWith("rk_") ? "sk_" + key.substring(3) : key;
    if (!whose.equals(key) && (!settings.opens(whose) || request.path().equals("/v1/account"))) {
      throw new StripeError(
          403,
          "invalid_request_error",
          "more_permissions_required_for_application",
          "The provided key does not have the required permissions for this endpoint.");
    }
    if (!settings.opens(whose)) {
      var shown = key.length() < 12 ? "***" : key.substring(0, 8) + "***";
      throw new StripeError(
          401, "invalid_request_error", null, "Invalid API Key provided: " + shown);
    }
    return Merchant.of(whose);
  }

  /** As a bearer, or as the user name of HTTP basic. */
  private static @Nullable String key(@Nullable String authorization) {
    if (authorization == null) {
      return null;
    }
    if (authorization.startsWith("Bearer ")) {
      return authorization.substring("Bearer ".length());
    }
    if (!authorization.startsWith("Basic ")) {
      return null;
    }
    try {
      var decoded = Base64.getDecoder().decode(authorization.substring("Basic ".length()));
      return new String(decoded, StandardCharsets.UTF_8).split(":", 2)[0];
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  private Reply keyed(Call call, Merchant merchant, String key, Fault fault, String requestId)
      throws IOException {
    if (key.length() > LONGEST_KEY) {
      throw StripeError.invalid(
          null, "Idempotency-Key", "Idempotency keys are at most 255 characters long.");
    }
    var life = faults.weather().keyLife();
    return switch (keys.claim(merchant, key, life, call.request(), requestId)) {
      case StripeKeys.Claim.Fresh fresh -> first(call, merchant, key, fault);
      case StripeKeys.Claim.Replay(var kept, var original) ->
          kept.with("Idempotency-Key", key)
              .with("Idempotent-Replayed", "true")
              .with("Original-Request", original);
      case StripeKeys.Claim.InFlight running ->
          throw new StripeError(
              409,
              "idempotency_error",
              "idempotency_key_in_use",
              "There is currently another in-progress request using this Idempotency Key.");
      case StripeKeys.Claim.Mismatch(var what) ->
          throw new StripeError(
              400,
              "idempotency_error",
              null,
              "Keys for idempotent requests can only be used with the same "
                  + what
                  + " they were first used with. Try using a key other than '"
                  + key
                  + "' if you meant to execute a different request.");
    };
  }

  private Reply first(Call call, Merchant merchant, String key, Fault fault) throws IOException {
    Reply reply = null;
    try {
      reply = execute(call, merchant, fault);
    } finally {
      // What fails validation was never executed, and its key stays free.
      if (reply == null) {
        keys.release(merchant, key);
      } else {
        keys.store(merchant, key, reply);
      }
    }
    return reply.with("Idempotency-Key", key);
  }

  private Reply execute(Call call, Merchant merchant, Fault fault) throws IOException {
    return effects.carryOut(call, fault, () -> route(call, merchant, fault), StripeDoor::failure);
  }

  private Reply route(Call call, Merchant merchant, Fault fault) {
    var request = call.request();
    var intent = INTENT.matcher(request.path());
    var charge = CHARGE.matcher(request.path());
    var what =
        intent.matches()
            ? "intent"
            : charge.matches()
                ? "charge" + Objects.requireNonNullElse(charge.group(2), "")
                : request.path();
    return switch (request.method() + " " + what) {
      case "POST /v1/payment_intents" -> intents.create(call, merchant, fault);
      case "GET /v1/payment_intents" -> intents.list(call, merchant, fault);
      case "GET intent" -> intents.get(intent.group(1), call, merchant);
      case "POST intent" ->
          switch (intent.group(2)) {
            case "/confirm" -> intents.confirm(intent.group(1), call, merchant, fault);
            case "/capture" -> intents.capture(intent.group(1), call, merchant);
            case null, default -> intents.cancel(intent.group(1), call, merchant);
          };
      case "POST /v1/charges" -> charges.create(call, merchant, fault);
      case "GET /v1/charges" -> charges.list(call, merchant, fault);
      case "GET charge" -> charges.get(charge.group(1), call, merchant);
      case "POST charge/capture" -> charges.capture(charge.group(1), call, merchant);
      case "POST /v1/refunds" -> reversals.refund(call, merchant);
      case "GET /v1/refunds" -> reversals.list(GivenBack.Kind.REFUND, call, merchant, fault);
      case "GET /v1/disputes" -> reversals.list(GivenBack.Kind.DISPUTE, call, merchant, fault);
      case "GET /v1/events" -> events.list(call, merchant, fault);
      case "GET /v1/account" -> account(merchant);
      default ->
          throw new StripeError(
              404,
              "invalid_request_error",
              null,
              "Unrecognized request URL (" + request.method() + ": " + request.path() + ").");
    };
  }

  private static Reply account(Merchant merchant) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    object.put("id", merchant.id());
    object.put("object", "account");
    object.put("charges_enabled", true);
    object.put("country", "US");
    object.put("default_currency", "usd");
    object.put("type", "standard");
    return StripeObjects.reply(200, object);
  }

  private static Reply failure(Fault.Kind kind) {
    var external = kind == Fault.Kind.UNSURE_BEFORE || kind == Fault.Kind.UNSURE_AFTER;
    var reply =
        StripeObjects.error(
            new StripeError(
                external ? 424 : 500,
                "api_error",
                null,
                external
                    ? "An external dependency failed."
                    : "An unknown error occurred while processing the request."));
    return reply.with("Stripe-Should-Retry", "false");
  }
}
