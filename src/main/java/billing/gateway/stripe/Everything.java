package billing.gateway.stripe;

import billing.gateway.Form;
import billing.gateway.Listing;
import billing.gateway.Wording;
import billing.gateway.stripe.Questions.Heard;
import billing.model.Echo;
import billing.model.GatewayReply.Unknown;
import billing.model.Listed;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lists all that the account has by the time of its creation, the newest first, and after it all
 * charges, refunds, disputes and captures of that time, each as the intent that it concerns stands
 * now: an intent that is paid long after it was made, or given back, does not become a new one.
 * Nothing is ever inserted below a cursor, which is the id of the last row of the page before it.
 *
 * <p>A charge that was made without an intent stands for itself.
 */
final class Everything {

  /** One of Stripe's lists; they are walked in this order (API reference, "List all refunds"). */
  private enum Shelf {
    INTENTS("/v1/payment_intents", 100, "data.latest_charge", null),
    CHARGES("/v1/charges", 100, "data.payment_intent.latest_charge", null),
    REFUNDS("/v1/refunds", 100, "data.payment_intent.latest_charge", "data.charge"),
    /** Each comes with its evidence, which may be long. */
    DISPUTES("/v1/disputes", 20, "data.payment_intent.latest_charge", "data.charge"),
    /**
     * The last, since what is told last holds, and only here is it told with the time of the
     * capture: the rest of one in part is a refund, too. A row may take a request, and a page is
     * paced as one.
     */
    CAPTURES("/v1/events", 5, null, null);

    private final String path;
    private final int page;
    private final @Nullable String expanded;
    private final @Nullable String expandedToo;

    Shelf(String path, int page, @Nullable String expanded, @Nullable String expandedToo) {
      this.path = path;
      this.page = page;
      this.expanded = expanded;
      this.expandedToo = expandedToo;
    }

    /** The intent that the row is about; JSON's null: by none, and by no charge. */
    JsonNode intent(JsonNode row) {
      var intent = this == INTENTS ? row : row.path("payment_intent");
      if (!intent.isNull()) {
        return intent;
      }
      var charge = this == CHARGES ? row : row.path("charge");
      return charge.isNull() ? charge : BareCharge.intent(charge);
    }

    /** Whether the row's own time is what the intent is listed by. */
    boolean isItsOwn(JsonNode row) {
      return switch (this) {
        case INTENTS, CAPTURES -> true;
        case CHARGES -> row.path("payment_intent").isNull();
        case REFUNDS, DISPUTES -> false;
      };
    }

    /** When the money was taken, where only the row says it: the charge says when it was made. */
    @Nullable Instant taken(JsonNode row) {
      return this == CAPTURES ? Json.time(row, "created") : null;
    }

    /** Which of all events. */
    @Nullable String type() {
      return this == CAPTURES ? "charge.captured" : null;
    }

    @Nullable Shelf next() {
      return switch (this) {
        case INTENTS -> CHARGES;
        case CHARGES -> REFUNDS;
        case REFUNDS -> DISPUTES;
        case DISPUTES -> CAPTURES;
        case CAPTURES -> null;
      };
    }
  }

  /**
   * What a cursor stands for.
   *
   * @param after the id of the row before the page; null: the first page
   */
  private record Place(Shelf shelf, @Nullable String after) {

    private static final Pattern CURSOR =
        Pattern.compile("(INTENTS|CHARGES|REFUNDS|DISPUTES|CAPTURES):([A-Za-z0-9_]{0,255})");

    static Place of(@Nullable String cursor) {
      if (cursor == null) {
        return new Place(Shelf.INTENTS, null);
      }
      var parts = CURSOR.matcher(cursor);
      if (!parts.matches()) {
        throw new IllegalArgumentException("no cursor of Stripe's: " + cursor);
      }
      var after = parts.group(2);
      return new Place(Shelf.valueOf(parts.group(1)), after.isEmpty() ? null : after);
    }

    String cursor() {
      return shelf + ":" + (after == null ? "" : after);
    }
  }

  private final Questions questions;
  private final Captures captures;
  private final Wording wording;

  Everything(Questions questions, Wording wording) {
    this.questions = questions;
    this.captures = new Captures(questions);
    this.wording = wording;
  }

  Listing list(Instant from, Instant until, @Nullable String cursor) {
    var place = Place.of(cursor);
    var path = place.shelf.path;
    var heard = questions.askForPage(path + "?" + query(place, from, until).query());
    return switch (place.shelf == Shelf.CAPTURES ? captures.asOfNow(heard, from) : heard) {
      case Heard.Failed(var why, var refused, var error) ->
          refused ? new Listing.Refused(path + ": " + why) : new Listing.Failed(why);
      case Heard.Found(var root) -> page(place.shelf, root, from);
    };
  }

  /** The filter goes by whole seconds: one that has begun belongs to both windows. */
  private static Form query(Place place, Instant from, Instant until) {
    var end = until.plus(Duration.ofSeconds(1).minusNanos(1));
    return new Form()
        .with("type", place.shelf.type())
        .with("created[gte]", Long.toString(from.getEpochSecond()))
        .with("created[lt]", Long.toString(end.getEpochSecond()))
        .with("limit", Integer.toString(place.shelf.page))
        .with("expand[]", place.shelf.expanded)
        .with("expand[]", place.shelf.expandedToo)
        .with("starting_after", place.after);
  }

  private Listing page(Shelf shelf, JsonNode root, Instant from) {
    var rows = root.path("data");
    var more = Json.flag(root, "has_more");
    if (!rows.isArray() || more == null || (more && rows.isEmpty())) {
      return new Listing.Failed("not a list of " + shelf.path);
    }
    var listed = new ArrayList<Listed>();
    @Nullable String last = null;
    for (var row : rows) {
      var intent = shelf.intent(row);
      // A young one is told by the list of what it is.
      var tells = !intent.isNull() && (shelf.isItsOwn(row) || !isYoung(intent, from));
      var one = tells ? listed(intent, shelf.taken(row)) : Optional.<Listed>empty();
      last = Json.text(row, "id");
      if (last == null || !Intent.isId(last) || (tells && one.isEmpty())) {
        return new Listing.Failed("a row without id, time or intent in " + shelf.path);
      }
      one.ifPresent(listed::add);
    }
    return new Listing.Page(listed, next(shelf, more ? last : null));
  }

  /** After the last row of a shelf comes the next shelf. */
  private static @Nullable String next(Shelf shelf, @Nullable String after) {
    var place = after == null ? shelf.next() : shelf;
    return place == null ? null : new Place(place, after).cursor();
  }

  private static boolean isYoung(JsonNode intent, Instant from) {
    var created = Json.time(intent, "created");
    return created != null && created.getEpochSecond() >= from.getEpochSecond();
  }

  private Optional<Listed> listed(JsonNode row, @Nullable Instant taken) {
    var id = Json.text(row, "id");
    var created = Json.time(row, "created");
    if (id == null || created == null || !Intent.isId(id)) {
      return Optional.empty();
    }
    return Optional.of(
        Intent.read(row)
            .map(intent -> listed(row, intent, created, taken))
            .orElseGet(() -> unreadable(row, id, created)));
  }

  private Listed listed(JsonNode row, Intent intent, Instant created, @Nullable Instant taken) {
    var at = intent.decidedAt() == null ? created : intent.decidedAt();
    return new Listed(
        intent.id(),
        Intent.reply(row, intent, wording),
        intent.echo(),
        at,
        taken == null ? at : taken);
  }

  /** Somebody's, perhaps, in a currency that we do not know: it must not hide all the others. */
  private static Listed unreadable(JsonNode row, String id, Instant created) {
    Echo echo = Intent.echo(row, null);
    return new Listed(
        id, new Unknown("a transaction of what is no amount of money", false), echo, created);
  }
}
