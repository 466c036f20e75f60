package billing.sandbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's events, of which there are those of captures: one for each charge that was captured
 * apart from its authorization. An event shows its charge as it was then, nothing of it can be
 * written out, and after thirty days it is gone.
 */
final class StripeEvents {

  private static final String CAPTURED = "charge.captured";
  private static final Duration KEPT = Duration.ofDays(30);

  private final Ledger ledger;
  private final Faults faults;
  private final StripeObjects objects;

  StripeEvents(Ledger ledger, Faults faults, StripeObjects objects) {
    this.ledger = ledger;
    this.faults = faults;
    this.objects = objects;
  }

  /** Newest first; what is younger than the lag is not there yet. */
  Reply list(Call call, Merchant merchant, Fault fault) {
    var query = call.request().query();
    var filter = StripeListing.lagging(query, ledger.now(), fault, faults.weather());
    var page = new ArrayList<Map<String, @Nullable Object>>();
    var more = false;
    var among =
        query.get("type", CAPTURED).equals(CAPTURED)
            ? among(merchant, filter.after())
            : List.<Captured>of();
    for (var one : among) {
      if (!more && filter.shows(one.at())) {
        more = page.size() == filter.limit();
        if (!more) {
          page.add(event(one));
        }
      }
    }
    return StripeObjects.reply(200, StripeObjects.page("/v1/events", more, page));
  }

  /** The newest first, those after that id. */
  private List<Captured> among(Merchant merchant, @Nullable String after) {
    var all = ledger.captures();
    var below =
        all.stream()
            .filter(one -> one.id().equals(after))
            .mapToInt(Captured::number)
            .findFirst()
            .orElse(Integer.MAX_VALUE);
    var oldest = ledger.now().minus(KEPT);
    return all.reversed().stream()
        .filter(one -> one.number() < below && !one.at().isBefore(oldest))
        .filter(one -> StripeCharges.isOf(one.charge(), merchant))
        .toList();
  }

  private Map<String, @Nullable Object> event(Captured one) {
    var charge = objects.charge(one.charge());
    charge.put("disputed", false);
    var request = new LinkedHashMap<String, @Nullable Object>();
    request.put("id", null);
    request.put("idempotency_key", null);
    var object = new LinkedHashMap<String, @Nullable Object>();
    object.put("id", one.id());
    object.put("object", "event");
    object.put("api_version", StripeDoor.VERSION);
    object.put("created", one.at().getEpochSecond());
    object.put("data", Map.of("object", charge));
    object.put("livemode", one.charge().merchant().live());
    object.put("pending_webhooks", 0);
    object.put("request", request);
    object.put("type", CAPTURED);
    return object;
  }
}
