package billing.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.Answer.NeverLeft;
import billing.gateway.Answer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.core5.ssl.SSLContexts;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Only a server that is who it says, over TLS 1.2 or newer, is told anything. */
@Timeout(30)
class TlsTest {

  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir static Path dir;
  private static SSLContext localhost;
  private static SSLContext elsewhere;

  @BeforeAll
  static void makeCertificates() throws Exception {
    localhost = certified("localhost", "dns:localhost");
    elsewhere = certified("elsewhere", "dns:elsewhere.example");
  }

  /** A context that serves with such a certificate, and trusts it. */
  private static SSLContext certified(String name, String san) throws Exception {
    var file = dir.resolve(name + ".p12");
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + san,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    var store = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static Answer ask(SSLContext serves, SSLContext trusts, String... protocols)
      throws IOException {
    var door =
        (SSLServerSocket)
            serves
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getByName("localhost"));
    if (protocols.length > 0) {
      door.setEnabledProtocols(protocols);
    }
    var url = URI.create("https://localhost:" + door.getLocalPort());
    var settings = Attempts.settings(url, Duration.ofSeconds(5));
    try (var server = LiteralServer.on(door).thenReply(200, "ok");
        var exchange =
            new Exchange(settings, CarefulClient.of(settings, trusts), InstantSource.system())) {
      var answer = exchange.post("/pay", Map.of(), new Form().with("a", "b"), () -> true);
      assertThat(server.asked()).hasSize(answer instanceof Reply ? 1 : 0);
      return answer;
    }
  }

  @Test
  void whoIsTrustedAndBearsTheNameIsAsked() throws IOException {
    assertThat(ask(localhost, localhost)).isInstanceOf(Reply.class);
    assertThat(ask(localhost, localhost, "TLSv1.2")).isInstanceOf(Reply.class);
  }

  @Test
  void anUnknownCertificateIsToldNothing() throws IOException {
    assertThat(ask(localhost, SSLContexts.createDefault())).isInstanceOf(NeverLeft.class);
  }

  @Test
  void aTrustedCertificateOfAnotherNameIsToldNothing() throws IOException {
    assertThat(ask(elsewhere, elsewhere)).isInstanceOf(NeverLeft.class);
  }

  @Test
  void olderThanTls12IsToldNothing() throws IOException {
    assertThat(ask(localhost, localhost, "TLSv1.1")).isInstanceOf(NeverLeft.class);
  }
}
