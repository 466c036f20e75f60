package billing.mail;

import static org.assertj.core.api.Assertions.assertThat;

import billing.mail.Delivery.Sent;
import billing.mail.Delivery.ServerDown;
import billing.mail.MailSettings.Tls;
import billing.sandbox.MailServer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class PostmanTlsTest {

  private static TestCertificate certificate;

  @BeforeAll
  static void makeCertificate(@TempDir Path directory) throws Exception {
    certificate = TestCertificate.make(directory);
  }

  @Test
  void theConnectionIsUpgradedBeforeLoginAndMail() {
    try (var server = MailServer.start(0, options(certificate.server(), false, "mailer"))) {
      assertThat(send(server, "localhost", Tls.STARTTLS, certificate.trusting(), "mailer"))
          .isEqualTo(new Sent());
      assertThat(server.received()).hasSize(1);
    }
  }

  @Test
  void whereNoUpgradeIsOfferedNothingIsSentInTheClear() {
    try (var server = MailServer.start(0, options(null, false, "mailer"))) {
      var delivery = send(server, "localhost", Tls.STARTTLS, certificate.trusting(), "mailer");
      assertThat(delivery).isInstanceOf(ServerDown.class);
      assertThat(delivery.toString()).contains("STARTTLS is required");
      assertThat(server.commands()).containsExactly("EHLO");
      assertThat(server.received()).isEmpty();
    }
  }

  @Test
  void aCertificateThatNobodyTrustsIsRefused() {
    try (var server = MailServer.start(0, options(certificate.server(), false, "mailer"))) {
      assertThat(send(server, "localhost", Tls.STARTTLS, null, "mailer"))
          .isInstanceOf(ServerDown.class);
      assertThat(server.commands()).containsExactly("EHLO", "STARTTLS");
    }
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() {
    try (var server = MailServer.start(0, options(certificate.server(), false, null))) {
      assertThat(send(server, "127.0.0.1", Tls.STARTTLS, certificate.trusting(), null))
          .isInstanceOf(ServerDown.class);
      assertThat(server.received()).isEmpty();
    }
  }

  @Test
  void tlsFromTheFirstByteWorks() {
    try (var server = MailServer.start(0, options(certificate.server(), true, "mailer"))) {
      assertThat(send(server, "localhost", Tls.TLS, certificate.trusting(), "mailer"))
          .isEqualTo(new Sent());
      assertThat(server.received()).hasSize(1);
    }
  }

  @Test
  void aServerInTheClearIsRefusedWhereTlsIsSet() {
    try (var server = MailServer.start()) {
      assertThat(send(server, "localhost", Tls.TLS, certificate.trusting(), null))
          .isInstanceOf(ServerDown.class);
      assertThat(server.received()).isEmpty();
    }
  }

  private static MailServer.Options options(
      @Nullable SSLContext tls, boolean implicit, @Nullable String user) {
    return new MailServer.Options(tls, implicit, user, user == null ? null : "s3cret", 100);
  }

  private static Delivery send(
      MailServer server,
      String host,
      Tls tls,
      @Nullable SSLSocketFactory trust,
      @Nullable String user) {
    var from = Mailbox.parse("billing@example.com").orElseThrow();
    var settings =
        new MailSettings(host, server.port(), user, user == null ? null : "s3cret", from, tls);
    var templates = Templates.load(null, ZoneOffset.UTC, from);
    var postman = new Postman(settings, templates, InstantSource.system(), trust);
    try (var round = postman.open()) {
      return round.send(Letters.accepted("zoe@example.com"));
    }
  }
}
