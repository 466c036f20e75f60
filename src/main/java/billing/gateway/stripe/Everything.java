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
 * refunds and disputes of that time, each as the intent that it concerns stands now: an intent that
 * is given back does not become a new one. Nothing is ever inserted below a cursor, which is the id
 * of the last row of the page before it.
 */
final class Everything {

  private static final int PAGE = 100;
  private static final Pattern CURSOR =
      Pattern.compile("(?:(REFUNDS|DISPUTES):|(?=.))([A-Za-z0-9_]{0,255})");

  /** One of Stripe's lists; they are walked in this order (API reference, "List all refunds"). */
  private enum Shelf {
    INTENTS("/v1/payment_intents", "data.latest_charge"),
    REFUNDS("/v1/refunds", "data.payment_intent.latest_charge"),
    DISPUTES("/v1/disputes", "data.payment_intent.latest_charge");

    private final String path;
    private final String expanded;

    Shelf(String path, String expanded) {
      this.path = path;
      this.expanded = expanded;
    }

    /** The cursor of the page that begins after that row; empty: of the first. */
    String cursor(String after) {
      return this == INTENTS ? after : name() + ":" + after;
    }

    @Nullable String nextShelf() {
      return switch (this) {
        case INTENTS -> REFUNDS.cursor("");
        case REFUNDS -> DISPUTES.cursor("");
        case DISPUTES -> null;
      };
    }
  }

  private final Questions questions;
  private final Wording wording;

  Everything(Questions questions, Wording wording) {
    this.questions = questions;
    this.wording = wording;
  }

  Listing list(Instant from, Instant until, @Nullable String cursor) {
    var place = cursor == null ? null : CURSOR.matcher(cursor);
    if (place != null && !place.matches()) {
      throw new IllegalArgumentException("no cursor of Stripe's: " + cursor);
    }
    var name = place == null ? null : place.group(1);
    var shelf = name == null ? Shelf.INTENTS : Shelf.valueOf(name);
    var after = place == null || place.group(2).isEmpty() ? null : place.group(2);
    return switch (questions.askForPage(
        shelf.path + "?" + query(shelf, from, until, after).query())) {
      case Heard.Failed(var why, var refused, var error) ->
          refused ? new Listing.Refused(shelf.path + ": " + why) : new Listing.Failed(why);
      case Heard.Found(var root) -> page(shelf, root);
    };
  }

  /** The filter goes by whole seconds: one that has begun belongs to both windows. */
  private static Form query(Shelf shelf, Instant from, Instant until, @Nullable String after) {
    var end = until.plus(Duration.ofSeconds(1).minusNanos(1));
    return new Form()
        .with("created[gte]", Long.toString(from.getEpochSecond()))
        .with("created[lt]", Long.toString(end.getEpochSecond()))
        .with("limit", Integer.toString(PAGE))
        .with("expand[]", shelf.expanded)
        .with("starting_after", after);
  }

  private Listing page(Shelf shelf, JsonNode root) {
    var rows = root.path("data");
    var more = Json.flag(root, "has_more");
    if (!rows.isArray() || more == null || (more && rows.isEmpty())) {
      return new Listing.Failed("not a list of " + shelf.path);
    }
    var listed = new ArrayList<Listed>();
    @Nullable String last = null;
    for (var row : rows) {
      var intent = shelf == Shelf.INTENTS ? row : row.path("payment_intent");
      // Of a charge that was made without an intent, so of nobody's that we know.
      var another = shelf != Shelf.INTENTS && intent.isNull();
      var one = listed(intent);
      last = Json.text(row, "id");
      if (last == null || !Intent.isId(last) || (one.isEmpty() && !another)) {
        return new Listing.Failed("a row without id, time or intent in " + shelf.path);
      }
      one.ifPresent(listed::add);
    }
    return new Listing.Page(listed, more && last != null ? shelf.cursor(last) : shelf.nextShelf());
  }

  private Optional<Listed> listed(JsonNode row) {
    var id = Json.text(row, "id");
    var created = Json.time(row, "created");
    if (id == null || created == null || !Intent.isId(id)) {
      return Optional.empty();
    }
    return Optional.of(
        Intent.read(row)
            .map(intent -> listed(row, intent, created))
            .orElseGet(() -> unreadable(row, id, created)));
  }

  private Listed listed(JsonNode row, Intent intent, Instant created) {
    var at = intent.decidedAt() == null ? created : intent.decidedAt();
    return new Listed(intent.id(), Intent.reply(row, intent, wording), intent.echo(), at);
  }

  /** Somebody's, perhaps, in a currency that we do not know: it must not hide all the others. */
  private static Listed unreadable(JsonNode row, String id, Instant created) {
    Echo echo = Intent.echo(row, null);
    return new Listed(
        id, new Unknown("a payment intent of what is no amount of money", false), echo, created);
  }
}
