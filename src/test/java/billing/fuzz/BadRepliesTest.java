package billing.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.Attempts;
import billing.gateway.Gateway;
import billing.gateway.nmi.Nmi;
import billing.gateway.stripe.Stripe;
import billing.model.Decision;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotCharged;
import billing.rules.AttemptRules;
import billing.rules.Evidence;
import billing.rules.Horizon;
import billing.rules.RetrySchedule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Spoilt replies over real HTTP: whatever comes, an adapter answers, and what follows for the
 * attempt is no more than the bytes say.
 */
class BadRepliesTest {

  /** Of one exchange; a question may take several. */
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  /** What a call may take beside its exchanges, on a machine that is busy. */
  private static final Duration BESIDES = Duration.ofSeconds(1);

  /** Past every horizon, where "not found" counts. */
  private static final Instant NOW = Attempts.SENT_AT.plus(Duration.ofHours(3));

  private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");

  private static final List<String> STATUSES =
      List.of(
          "200", "200", "200", "201", "204", "206", "301", "304", "400", "401", "402", "403", "404",
          "408", "409", "424", "429", "500", "502", "503", "100", "999", "2000", "-1", "abc", "");

  private static final List<String> HEADERS =
      List.of(
          "Content-Encoding: gzip\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Content-Type: text/html; charset=UTF-16\r\n",
          "Content-Length: 5\r\n",
          "Content-Length: -5\r\n",
          "Content-Length: 99999999999\r\n",
          "Idempotent-Replayed: true\r\n",
          "Location: http://127.0.0.1:1/\r\n",
          "Retry-After: 0\r\n",
          "Date: yesterday\r\n",
          "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n",
          ": \r\n",
          "X: " + "y".repeat(9000) + "\r\n",
          "\u0000\r\n");

  private SpoiltServer server;
  private Gateway stripe;
  private Gateway nmi;

  @BeforeEach
  void open() throws IOException {
    server = new SpoiltServer();
    var settings = Attempts.settings(server.url(), DEADLINE);
    stripe = Stripe.open(settings, InstantSource.fixed(NOW));
    nmi = Nmi.open(settings, InstantSource.fixed(NOW));
  }

  @AfterEach
  void close() throws IOException {
    stripe.close();
    nmi.close();
    server.close();
  }

  @Test
  void whateverComesNothingIsConcludedThatTheBytesDoNotSay() {
    Effort.run("bad replies", 817, Duration.ofSeconds(12), this::oneCase);
  }

  private void oneCase(long seed) {
    var mutator = new Mutator(seed);
    var literal = mutator.oneOf(Arrays.asList(Literal.values()));
    var gone = new ArrayList<Judge.Gone>();
    server.answer(() -> spoilt(mutator, literal, gone));
    var begun = System.nanoTime();
    ask(literal, gone);
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .as("time of %d exchanges", gone.size())
        .isLessThan(DEADLINE.multipliedBy(Math.max(1, gone.size())).plus(BESIDES));
  }

  private static synchronized byte[] spoilt(
      Mutator mutator, Literal literal, List<Judge.Gone> gone) {
    var bodies = literal.bodies();
    var body = bytes(bodies.get(Math.min(gone.size(), bodies.size() - 1)));
    var others =
        Arrays.stream(Literal.values())
            .flatMap(l -> l.bodies().stream())
            .map(BadRepliesTest::bytes)
            .toList();
    var kind = mutator.below(10);
    if (kind == 0) {
      body = mutator.noise();
    } else if (kind < 9) {
      body = mutator.spoil(body, others);
    }
    var spoilsHead = mutator.below(4) == 0;
    var status = spoilsHead ? mutator.oneOf(STATUSES) : "200";
    var headers = spoilsHead ? mutator.oneOf(HEADERS) : "";
    var length = mutator.below(5) == 0 ? "" : "Content-Length: " + body.length + "\r\n";
    gone.add(Judge.Gone.of(status.matches("\\d{3}") ? Integer.parseInt(status) : 0, body));
    var head = bytes("HTTP/1.1 " + status + " X\r\n" + headers + length + "\r\n");
    var all = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return kind == 9 || mutator.below(20) > 0 ? all : mutator.spoil(all, others);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void ask(Literal literal, List<Judge.Gone> gone) {
    var gateway = literal.stripe ? stripe : nmi;
    var attempt = literal.attempt();
    var judge = new Judge(literal, gone);
    switch (literal.asked) {
      case "charge" -> {
        var reply = gateway.charge(attempt, () -> true);
        if (reply instanceof NotCharged none && !none.left()) {
          // Bytes of the reply before it were left on the connection, say: nobody may have heard
          // it.
          assertThat(gone).as("it had left").isEmpty();
          return;
        }
        judge.decision(decide(literal, new Evidence.Answer(reply)));
      }
      case "find" -> judge.decision(decide(literal, found(gateway.find(attempt, false))));
      case "close" -> {
        var reply = gateway.close(attempt, "pi_3Q");
        if (reply instanceof GatewayReply.Closed) {
          assertThat(gone.getLast().says("canceled|requires_payment_method|requires_action"))
              .as("cancelled there")
              .isTrue();
        }
      }
      case "account" -> judge.account(gateway.account());
      case "list" -> judge.listing(gateway.list(Attempts.SENT_AT, END, null));
      case "list charges" -> judge.charges(gateway.list(Attempts.SENT_AT, END, "CHARGES:"));
      case "list captures" -> judge.captures(gateway.list(Attempts.SENT_AT, END, "CAPTURES:"));
      default -> throw new IllegalStateException(literal.asked);
    }
  }

  private static Evidence.Found found(List<GatewayReply> all) {
    return new Evidence.Found(all, Duration.ZERO, NOW);
  }

  private Decision decide(Literal literal, Evidence evidence) {
    var timings = (literal.stripe ? stripe : nmi).timings();
    return new AttemptRules(
            timings, Horizon.of(timings, DEADLINE), new RetrySchedule(List.of(3, 5, 7)))
        .decide(literal.attempt(), evidence, NOW, LocalDate.EPOCH)
        .decision();
  }

  private Decision decide(Literal literal, UnaryOperator<String> change) {
    var gone = new ArrayList<Judge.Gone>();
    server.answer(() -> {
      var body =
          bytes(
              change.apply(
                  literal.bodies().get(Math.min(gone.size(), literal.bodies().size() - 1))));
      gone.add(Judge.Gone.of(200, body));
      var head = bytes("HTTP/1.1 200 X\r\nContent-Length: " + body.length + "\r\n\r\n");
      var all = Arrays.copyOf(head, head.length + body.length);
      System.arraycopy(body, 0, all, head.length, body.length);
      return all;
    });
    var gateway = literal.stripe ? stripe : nmi;
    return decide(
        literal,
        literal.asked.equals("charge")
            ? new Evidence.Answer(gateway.charge(literal.attempt(), () -> true))
            : found(gateway.find(literal.attempt(), false)));
  }

  @ParameterizedTest
  @EnumSource(names = {"STRIPE_CHARGED", "STRIPE_FOUND", "NMI_CHARGED", "NMI_FOUND"})
  void anUnspoiltApprovalSettles(Literal literal) {
    assertThat(decide(literal, body -> body)).isInstanceOf(Decision.Settle.class);
  }

  @Test
  void aListingThatSaysItGoesOnIsNeverTakenForNothing() {
    var page =
        Literal.STRIPE_FOUND
            .bodies()
            .getFirst()
            .replace("ACME-A1001-1", "ACME-C9-1")
            .replace("has_more\":false", "has_more\":true");
    assertThat(decide(Literal.STRIPE_NONE, body -> page)).isNotInstanceOf(Decision.Repeat.class);
  }

  /** Each field that makes it ours, altered in every way that still is a sound document. */
  @ParameterizedTest
  @EnumSource(names = {"STRIPE_CHARGED", "STRIPE_FOUND", "NMI_CHARGED", "NMI_FOUND"})
  void anApprovalOfAnythingElseNeverSettles(Literal literal) {
    for (var ours :
        List.of(
            "ACME-A1001-1",
            "1999",
            "usd",
            "cus_9",
            "pm_7",
            "A1001\"",
            "inst-1",
            "19.99",
            "USD",
            "V1001",
            ">A1001<")) {
      for (var with :
          List.of("X", "ACME-A1001-2", "2000", "-1999", "1999.0", "eur", "JPY", "null")) {
        var word = ours.replaceAll("[\"><]", "");
        var theirs = ours.replace(word, with);
        if (literal.bodies().getLast().contains(ours) && !theirs.equals(ours)) {
          assertThat(decide(literal, body -> body.replace(ours, theirs)))
              .as("%s instead of %s", theirs, ours)
              .isNotInstanceOf(Decision.Settle.class);
        }
      }
    }
    assertThat(
            decide(literal, body -> body.replace("livemode\":false", "livemode\":true"))
                instanceof Decision.Settle)
        .isEqualTo(!literal.stripe);
  }
}
