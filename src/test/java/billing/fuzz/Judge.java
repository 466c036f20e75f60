package billing.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.AccountReply;
import billing.gateway.Attempts;
import billing.gateway.Listing;
import billing.model.Decision;
import billing.model.Listed;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;

/** Says from the bytes alone what an answer may at most have led to. Knows nothing of adapters. */
final class Judge {

  /** An answer as it left the server, each byte of its body a character. */
  record Gone(int status, String text) {

    static Gone of(int status, byte[] body) {
      return new Gone(status, new String(body, StandardCharsets.ISO_8859_1));
    }

    /** As an adapter reads it. */
    String utf8() {
      return new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    boolean says(String regex) {
      return Pattern.compile(regex, Pattern.DOTALL).matcher(text()).find();
    }
  }

  private static final String KEY = "(?<![A-Z0-9-])ACME-A1001-1(?![A-Z0-9-])";

  private final Literal literal;
  private final List<Gone> gone;

  Judge(Literal literal, List<Gone> gone) {
    this.literal = literal;
    this.gone = gone;
  }

  private Gone last() {
    return gone.getLast();
  }

  void decision(Decision decision) {
    switch (decision) {
      case Decision.Settle settle -> settled(settle);
      case Decision.Repeat repeat -> repeated();
      case Decision.Decline decline -> refused();
      case Decision.Cancel cancel -> refused();
      case Decision.CloseDoor door -> refused();
      case Decision.Review review -> {}
      case Decision.Ask ask -> {}
      case Decision.Settling settling -> assertThat(last().says("processing")).isTrue();
    }
  }

  private void settled(Decision.Settle settle) {
    assertThat(settle.taken()).hasToString("19.99 USD");
    if (literal.stripe) {
      assertThat(last().status()).isIn(200, 400);
      var root = json(last()).orElseThrow(() -> new AssertionError("charged: no JSON"));
      var refused = root.path("error").path("payment_intent");
      var intent = refused.isObject() ? refused : root;
      assertThat(intent.path("id").asText()).as("its number").isEqualTo(settle.transactionId());
      Shown.isOurs(intent);
    } else if (literal.asked.equals("charge")) {
      assertThat(last().status()).isEqualTo(200);
      Shown.isOurs(last().utf8(), settle.transactionId());
    } else {
      assertThat(last().status()).isEqualTo(200);
      var report = xml(last()).orElseThrow(() -> new AssertionError("charged: no XML"));
      Shown.isOurs(report, settle.transactionId());
    }
  }

  /** Sending again takes a proof that nothing was charged, in so many words. */
  private void repeated() {
    if (literal.asked.equals("charge")) {
      assertThat(
              last().status() == 429
                  || last().says("response_code=301")
                  || last().status() == 401
                  || last().status() == 403
                  || last().status() == 400
                  || last().status() == 404
                  || last().says("response=3"))
          .as("refused before processing")
          .isTrue();
      return;
    }
    gone.forEach(this::isLiterallyNothing);
  }

  private void isLiterallyNothing(Gone answer) {
    assertThat(answer.status()).isEqualTo(200);
    if (literal.stripe) {
      var root = json(answer).orElseThrow(() -> new AssertionError("taken for nothing: no JSON"));
      assertThat(root.path("data").isArray()).isTrue();
      for (var row : root.path("data")) {
        assertThat(row.path("metadata").path("charge_key").asText())
            .as("the key of a row of what was taken for nothing")
            .isNotEqualTo("ACME-A1001-1");
      }
      assertThat(root.path("has_more").isBoolean() && !root.path("has_more").booleanValue())
          .as("the last page")
          .isTrue();
    } else {
      var root = xml(answer).orElseThrow(() -> new AssertionError("taken for nothing: no XML"));
      assertThat(answer.says(KEY)).as("names our key, and was taken for nothing").isFalse();
      assertThat(root.getDocumentElement().getTagName()).isEqualTo("nm_response");
      assertThat(root.getElementsByTagName("error_response").getLength()).isZero();
    }
  }

  /** A no takes the gateway's own no. */
  private void refused() {
    if (literal.stripe) {
      assertThat(
              IntStream.of(400, 401, 402, 403, 404).anyMatch(s -> s == last().status())
                  || last().says("\"(requires_[a-z_]+|canceled)\""))
          .as("refused there")
          .isTrue();
    } else if (literal.asked.equals("charge")) {
      assertThat(last().says("response=[23]")).as("refused there").isTrue();
    } else {
      assertThat(last().says("failed|canceled")).as("refused there").isTrue();
    }
  }

  void account(AccountReply reply) {
    if (reply instanceof AccountReply.Known(var account)) {
      assertThat(last().status()).isEqualTo(200);
      assertThat(account.id() == null || last().text().contains("\"id\"")).isTrue();
    }
  }

  /** A page is whole: as many are told as the document has. */
  void listing(Listing listing) {
    if (!(listing instanceof Listing.Page(var told, var next))) {
      return;
    }
    assertThat(last().status()).isEqualTo(200);
    if (literal.stripe) {
      var root = json(last()).orElseThrow(() -> new AssertionError("a page that is no JSON"));
      assertThat(told).hasSize(root.path("data").size());
      assertThat(String.valueOf(next).startsWith("INTENTS:"))
          .isEqualTo(root.path("has_more").booleanValue());
      return;
    }
    var root = xml(last()).orElseThrow(() -> new AssertionError("a page that is no XML"));
    var ids = told.stream().map(Listed::transactionId).distinct().count();
    assertThat(ids).isEqualTo(told.size());
    if (!last().says("refund|return|credit|void|validate")) {
      assertThat(ids).isEqualTo(transactions(root));
    }
  }

  /** Each is told, but that of an intent that the list of the intents has. */
  void charges(Listing listing) {
    if (!(listing instanceof Listing.Page(var told, var next))) {
      return;
    }
    assertThat(last().status()).isEqualTo(200);
    var root = json(last()).orElseThrow(() -> new AssertionError("a page that is no JSON"));
    var ids = new ArrayList<String>();
    for (var row : root.path("data")) {
      var intent = row.path("payment_intent");
      var made = intent.path("created");
      if (intent.isNull()) {
        ids.add(row.path("id").asText());
      } else if (made.asLong() < Attempts.SENT_AT.getEpochSecond()) {
        ids.add(intent.path("id").asText());
      }
    }
    assertThat(told).extracting(Listed::transactionId).containsExactlyElementsOf(ids);
    var more = root.path("has_more").booleanValue();
    var end = root.path("data").path(root.path("data").size() - 1).path("id").asText();
    assertThat(next).isEqualTo(more ? "CHARGES:" + end : "REFUNDS:");
  }

  /** Each of an old charge is told by what was answered about that charge. */
  void captures(Listing listing) {
    if (!(listing instanceof Listing.Page(var told, var next))) {
      return;
    }
    assertThat(gone).allSatisfy(one -> assertThat(one.status()).isEqualTo(200));
    var root = json(gone.getFirst()).orElseThrow(() -> new AssertionError("a page without JSON"));
    var from = Attempts.SENT_AT.getEpochSecond();
    var ids = new ArrayList<String>();
    int asked = 0;
    for (var row : root.path("data")) {
      if (row.path("data").path("object").path("created").asLong() < from) {
        asked++;
        var charge =
            json(gone.get(asked)).orElseThrow(() -> new AssertionError("a row of nothing"));
        var intent = charge.path("payment_intent");
        ids.add((intent.isNull() ? charge : intent).path("id").asText());
      }
    }
    assertThat(told).extracting(Listed::transactionId).containsExactlyElementsOf(ids);
    assertThat(gone).hasSize(1 + asked);
    var end = root.path("data").path(root.path("data").size() - 1).path("id").asText();
    assertThat(next).isEqualTo(root.path("has_more").booleanValue() ? "CAPTURES:" + end : null);
  }

  private static long transactions(Document root) {
    return Shown.transactions(root).stream()
        .map(row -> row.getElementsByTagName("transaction_id").item(0))
        .map(id -> id == null ? "" : id.getTextContent().strip())
        .distinct()
        .count();
  }

  private static Optional<JsonNode> json(Gone answer) {
    try {
      var text = answer.utf8();
      return Optional.ofNullable(new ObjectMapper().readTree(text));
    } catch (JsonProcessingException broken) {
      return Optional.empty();
    }
  }

  private static Optional<Document> xml(Gone answer) {
    try {
      // As text, since an adapter reads UTF-8 whatever the document declares.
      var text = answer.utf8();
      var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
      builder.setErrorHandler(null);
      return Optional.of(
          builder.parse(new org.xml.sax.InputSource(new java.io.StringReader(text))));
    } catch (org.xml.sax.SAXException
        | java.io.IOException
        | javax.xml.parsers.ParserConfigurationException broken) {
      return Optional.empty();
    }
  }
}
