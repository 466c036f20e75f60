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
 * Lists all that the account has by the time of its creation, the newest first. Nothing is ever
 * inserted below a cursor, which is the id of the last row of the page before it.
 */
final class Everything {

  private static final int PAGE = 100;
  private static final Pattern CURSOR = Pattern.compile("[A-Za-z0-9_]{1,255}");

  private final Questions questions;
  private final Wording wording;

  Everything(Questions questions, Wording wording) {
    this.questions = questions;
    this.wording = wording;
  }

  Listing list(Instant from, Instant until, @Nullable String cursor) {
    if (cursor != null && !CURSOR.matcher(cursor).matches()) {
      throw new IllegalArgumentException("no cursor of Stripe's: " + cursor);
    }
    return switch (questions.askForPage(
        "/v1/payment_intents?" + query(from, until, cursor).query())) {
      case Heard.Failed(var why, var refused, var error) ->
          refused ? new Listing.Refused(why) : new Listing.Failed(why);
      case Heard.Found(var root) -> page(root);
    };
  }

  /** The filter goes by whole seconds: one that has begun belongs to both windows. */
  private static Form query(Instant from, Instant until, @Nullable String cursor) {
    var end = until.plus(Duration.ofSeconds(1).minusNanos(1));
    return new Form()
        .with("created[gte]", Long.toString(from.getEpochSecond()))
        .with("created[lt]", Long.toString(end.getEpochSecond()))
        .with("limit", Integer.toString(PAGE))
        .with("expand[]", "data.latest_charge")
        .with("starting_after", cursor);
  }

  private Listing page(JsonNode root) {
    var rows = root.path("data");
    var more = Json.flag(root, "has_more");
    if (!rows.isArray() || more == null || (more && rows.isEmpty())) {
      return new Listing.Failed("not a list of payment intents");
    }
    var listed = new ArrayList<Listed>();
    for (var row : rows) {
      var one = listed(row);
      if (one.isEmpty()) {
        return new Listing.Failed("a row without id or time in the list of payment intents");
      }
      listed.add(one.get());
    }
    return new Listing.Page(listed, more ? listed.getLast().transactionId() : null);
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
