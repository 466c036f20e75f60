package billing.mail;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import billing.mail.Delivery.Later;
import billing.mail.Delivery.Sent;
import billing.mail.Delivery.ServerDown;
import billing.mail.Delivery.Undeliverable;
import billing.sandbox.MailFaults;
import billing.sandbox.MailServer;
import billing.sandbox.ReceivedMail;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PostmanTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final Mailbox FROM =
      Mailbox.parse("Müller & Söhne <billing@example.com>").orElseThrow();

  private MailServer server = MailServer.start();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void anAcceptedPaymentIsToldInTextAndHtml() {
    assertThat(send(Letters.accepted("zoe@example.com"))).isEqualTo(new Sent());

    var mail = onlyMail();
    assertThat(mail.from()).isEqualTo("billing@example.com");
    assertThat(mail.to()).containsExactly("zoe@example.com");
    assertThat(mail.subject()).isEqualTo("Payment received: 49.00 EUR for invoice 1042");
    assertThat(mail.header("From")).contains("Müller & Söhne <billing@example.com>");
    assertThat(mail.header("To")).contains("zoe@example.com");
    assertThat(mail.header("Date")).contains("Wed, 25 Nov 2026 04:05:06 +0100");
    assertThat(mail.header("Auto-Submitted")).contains("auto-generated");
    assertThat(mail.header("MIME-Version")).contains("1.0");
    assertThat(mail.text())
        .startsWith("Dear Zoë Müller,\r\n\r\nWe have charged 49.00 EUR for invoice 1042")
        .contains("For        Plan <Pro> & more", "Due        2026-11-20")
        .contains("Confirmed  2026-11-25", "Reference  ACME-1042-1")
        .endsWith("Müller & Söhne\r\n");
    assertThat(mail.html())
        .contains("<p style=\"margin: 0 0 16px;\">Dear Zoë Müller,</p>")
        .contains("Plan &lt;Pro&gt; &amp; more", "Müller &amp; Söhne", "ACME-1042-1")
        .doesNotContain("<Pro>");
  }

  @Test
  void aDeclineSaysWhenTheNextTryIs() {
    assertThat(send(Letters.declined(LocalDate.of(2026, 11, 27)))).isEqualTo(new Sent());

    var mail = onlyMail();
    assertThat(mail.subject()).isEqualTo("Payment declined: 49.00 EUR for invoice 1042");
    assertThat(mail.text())
        .contains("No money was taken.", "We will try again on 2026-11-27.")
        .doesNotContain("not try this payment method again");
    assertThat(mail.html()).contains("We will try again on <strong>2026-11-27</strong>.");
  }

  @Test
  void aDeclineForGoodAsksForAnotherPaymentMethod() {
    assertThat(send(Letters.declined(null))).isEqualTo(new Sent());

    assertThat(onlyMail().text())
        .contains("We will not try this payment method again. Please store another one")
        .doesNotContain("We will try again");
  }

  @Test
  void theMessageIdIsTheSameAtEveryRepeat() {
    var letter = Letters.accepted("zoe@example.com");
    send(letter);
    send(letter);

    assertThat(server.received())
        .extracting(ReceivedMail::messageId)
        .containsExactly(
            "<ACME-1042-1.accepted@example.com>", "<ACME-1042-1.accepted@example.com>");
  }

  @Test
  void aNameCannotStartAHeader() {
    var evil = "Eve\r\nBcc: thief@example.net\r\n\r\nbody";
    var letter =
        Letters.letter(
            Letter.Kind.ACCEPTED,
            1,
            "eve@example.com",
            evil,
            Map.of("plan", evil + "\u2028\u0085x"));
    var templates =
        TemplatesTest.replaced(Map.of("accepted.subject", "{{customer_name}} {{plan}}"));

    assertThat(send(postman(server, templates), letter)).isEqualTo(new Sent());

    var mail = onlyMail();
    assertThat(mail.to()).containsExactly("eve@example.com");
    assertThat(mail.headers("Bcc")).isEmpty();
    assertThat(mail.headers("To")).containsExactly("eve@example.com");
    assertThat(mail.subject())
        .isEqualTo("Eve Bcc: thief@example.net body Eve Bcc: thief@example.net body x");
  }

  @Test
  void anAddressThatIsNoneOrMoreThanOneIsUndeliverable() {
    for (var to :
        List.of(
            "",
            "nobody",
            "a@example.com, b@example.com",
            "a@example.com\r\nBcc: thief@example.net",
            "a@example.com>\r\nRCPT TO:<thief@example.net",
            "Eve <a@example.com>",
            "\"a b\"@example.com",
            "zoë@example.com",
            "a@-example-.com")) {
      assertThat(send(Letters.accepted(to))).isInstanceOf(Undeliverable.class);
    }
    var without = Letters.letter(Letter.Kind.ACCEPTED, 1, null, null, Map.of());
    assertThat(send(without)).isInstanceOf(Undeliverable.class);
    assertThat(server.connections()).isZero();
  }

  @Test
  void aForeignDomainIsSentInAscii() {
    assertThat(send(Letters.accepted("zoe@bücher.example"))).isEqualTo(new Sent());
    assertThat(onlyMail().to()).containsExactly("zoe@xn--bcher-kva.example");
  }

  @Test
  void aRefusedRecipientIsUndeliverableAndTheOthersGoOut() {
    server.misbehave(MailFaults.NONE.rejecting(to -> to.startsWith("gone")));

    assertThat(sendAll("a@example.com", "gone@example.com", "b@example.com"))
        .containsExactly(new Sent(), new Undeliverable("550 5.1.1 no such mailbox"), new Sent());
    assertThat(server.received()).hasSize(2);
    assertThat(server.connections()).isOne();
  }

  @Test
  void aRecipientRefusedForNowIsForLater() {
    server.misbehave(MailFaults.NONE.deferring(to -> to.startsWith("full")));

    assertThat(sendAll("full@example.com", "b@example.com"))
        .containsExactly(new Later("451 4.3.0 try again later"), new Sent());
  }

  @Test
  void aLostAnswerIsForLaterUnderTheSameMessageId() {
    server.misbehave(MailFaults.NONE.losingTheAnswerTo(to -> to.startsWith("lost")));

    var deliveries = sendAll("lost@example.com", "b@example.com");
    assertThat(deliveries.get(0)).isInstanceOf(Later.class);
    assertThat(deliveries.get(1)).isEqualTo(new Sent());
    server.misbehave(MailFaults.NONE);
    assertThat(send(Letters.accepted("lost@example.com"))).isEqualTo(new Sent());

    assertThat(server.received())
        .filteredOn(mail -> mail.to().contains("lost@example.com"))
        .extracting(ReceivedMail::messageId)
        .containsExactly(
            "<ACME-1042-1.accepted@example.com>", "<ACME-1042-1.accepted@example.com>");
  }

  @Test
  void threeLostAnswersInARowEndTheRound() {
    server.misbehave(MailFaults.NONE.losingTheAnswerTo(to -> true));

    var deliveries = sendAll("a@example.com", "b@example.com", "c@example.com", "d@example.com");

    assertThat(deliveries.subList(0, 2)).hasOnlyElementsOfType(Later.class);
    assertThat(deliveries.subList(2, 4)).hasOnlyElementsOfType(ServerDown.class);
    assertThat(server.received()).hasSize(3);
  }

  @Test
  void aServerThatIsNotThereIsAskedOnce() {
    server.close();

    var deliveries = sendAll("a@example.com", "b@example.com");

    assertThat(deliveries).hasOnlyElementsOfType(ServerDown.class);
    assertThat(deliveries.get(1)).isSameAs(deliveries.get(0));
  }

  @Test
  void aServerThatRefusesConnectionsIsAskedOnce() {
    server.misbehave(MailFaults.NONE.refusingConnections());

    assertThat(sendAll("a@example.com", "b@example.com")).hasOnlyElementsOfType(ServerDown.class);
    assertThat(server.connections()).isOne();
  }

  @Test
  void aServerThatEndsConnectionsEarlyTakesEveryMailOnce() {
    restart(new MailServer.Options(null, false, null, null, 2));

    var deliveries = sendAll("a@e.com", "b@e.com", "c@e.com", "d@e.com", "e@e.com");

    assertThat(deliveries).containsOnly(new Sent());
    assertThat(server.received())
        .extracting(mail -> mail.to().get(0))
        .containsExactly("a@e.com", "b@e.com", "c@e.com", "d@e.com", "e@e.com");
    assertThat(server.connections()).isEqualTo(3);
  }

  @Test
  void aSeriesSharesConnections() {
    var postman = postman(server, bundled());
    try (var round = postman.open()) {
      for (int i = 1; i <= 250; i++) {
        assertThat(round.send(Letters.accepted(i, "zoe@example.com"))).isEqualTo(new Sent());
      }
    }
    assertThat(server.received())
        .hasSize(250)
        .extracting(ReceivedMail::messageId)
        .doesNotHaveDuplicates();
    assertThat(server.connections()).isEqualTo(3);
  }

  @Test
  void aSlowServerIsWaitedFor() {
    server.misbehave(MailFaults.NONE.slow(Duration.ofMillis(50)));
    assertThat(send(Letters.accepted("zoe@example.com"))).isEqualTo(new Sent());
  }

  @Test
  void aServerThatTricklesIsCutOffAtTheMailsDeadline() throws Exception {
    try (var door = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> trickle(door));
      var settings =
          new MailSettings(
              "127.0.0.1", door.getLocalPort(), null, null, FROM, MailSettings.Tls.NONE);
      var postman = new Postman(settings, bundled(), clock());
      try (var round = postman.open(Duration.ofMillis(700))) {
        assertThat(round.send(Letters.accepted("zoe@example.com")))
            .isInstanceOfSatisfying(
                Later.class, later -> assertThat(later.why()).startsWith("connection lost"));
      }
    }
  }

  @Test
  void soIsOneThatDoesNotGetTlsDone() throws Exception {
    try (var door = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var settings =
          new MailSettings(
              "127.0.0.1", door.getLocalPort(), null, null, FROM, MailSettings.Tls.TLS);
      var postman = new Postman(settings, bundled(), clock());
      try (var round = postman.open(Duration.ofSeconds(2))) {
        assertThat(round.send(Letters.accepted("zoe@example.com"))).isInstanceOf(ServerDown.class);
      }
      try (var socket = door.accept()) {
        assertThat(socket.getInputStream().read()).as("a TLS handshake's first byte").isEqualTo(22);
      }
    }
  }

  /** Takes the sender, and never comes to the end of its answer to the recipient. */
  private static void trickle(ServerSocket door) {
    try (var socket = door.accept()) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      var out = socket.getOutputStream();
      out.write("220 trickle\r\n".getBytes(US_ASCII));
      for (int i = 0; i < 2; i++) {
        in.readLine();
        out.write("250 fine\r\n".getBytes(US_ASCII));
      }
      while (true) {
        out.write("250-wait\r\n".getBytes(US_ASCII));
        Thread.sleep(50);
      }
    } catch (IOException | InterruptedException cutOff) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aLetterThatItsTemplateDoesNotFitWaits() {
    var templates = TemplatesTest.replaced(Map.of("accepted.txt", "Your plan: {{plan}}"));
    var delivery = send(postman(server, templates), Letters.accepted("zoe@example.com"));
    assertThat(delivery).isInstanceOf(Later.class);
    assertThat(delivery.toString()).contains("accepted.txt line 1: there is no {{plan}}");
  }

  @Test
  void aLineOfOneDotIsNotTheEnd() {
    var templates = TemplatesTest.replaced(Map.of("accepted.txt", "one\n.\n..two\n"));
    assertThat(send(postman(server, templates), Letters.accepted("zoe@example.com")))
        .isEqualTo(new Sent());
    assertThat(onlyMail().text()).isEqualTo("one\r\n.\r\n..two\r\n");
  }

  @Test
  void theRightPasswordOpensTheDoorAndAWrongOneEndsTheRound() {
    restart(new MailServer.Options(null, false, "mailer", "s3cret", 100));

    assertThat(sendAs("mailer", "s3cret")).isEqualTo(new Sent());
    var refused = sendAs("mailer", "wr0ng-one");
    assertThat(refused).isInstanceOf(ServerDown.class);
    assertThat(refused.toString()).contains("535").doesNotContain("wr0ng-one");
    assertThat(send(Letters.accepted("zoe@example.com")))
        .isEqualTo(new ServerDown("the mail server refuses our sender: 530 5.7.0 log in first"));
    assertThat(server.received()).hasSize(1);
  }

  @Test
  void aServerWithoutLoginIsRefusedWhereALoginIsSet() {
    assertThat(sendAs("mailer", "s3cret"))
        .isEqualTo(new ServerDown("the mail server offers no login, but mail.user is set"));
    assertThat(server.received()).isEmpty();
  }

  private Delivery sendAs(String user, String password) {
    var settings =
        new MailSettings("localhost", server.port(), user, password, FROM, MailSettings.Tls.NONE);
    return send(new Postman(settings, bundled(), clock()), Letters.accepted("zoe@example.com"));
  }

  private List<Delivery> sendAll(String... recipients) {
    var deliveries = new ArrayList<Delivery>();
    try (var round = postman(server, bundled()).open()) {
      for (var to : recipients) {
        deliveries.add(round.send(Letters.accepted(to)));
      }
    }
    return deliveries;
  }

  private Delivery send(Letter letter) {
    return send(postman(server, bundled()), letter);
  }

  private static Delivery send(Postman postman, Letter letter) {
    try (var round = postman.open()) {
      return round.send(letter);
    }
  }

  private ReceivedMail onlyMail() {
    assertThat(server.received()).hasSize(1);
    return server.received().get(0);
  }

  private void restart(MailServer.Options options) {
    server.close();
    server = MailServer.start(0, options);
  }

  private static Postman postman(MailServer server, Templates templates) {
    var settings =
        new MailSettings("localhost", server.port(), null, null, FROM, MailSettings.Tls.NONE);
    return new Postman(settings, templates, clock());
  }

  private static Templates bundled() {
    return Templates.load(null, BERLIN, FROM);
  }

  private static InstantSource clock() {
    return InstantSource.fixed(Instant.parse("2026-11-25T03:05:06Z"));
  }
}
