package billing.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class MailServerTest {

  private final MailServer server = MailServer.start();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aPipelinedClientIsAnsweredInOrder() throws IOException {
    try (var client = new Client(server.port())) {
      client.say(
          "EHLO me",
          "MAIL FROM:<a@x.example>",
          "RCPT TO:<b@x.example>",
          "DATA",
          "Subject: hello",
          "",
          "..two dots",
          ".",
          "RSET",
          "NOOP",
          "nonsense",
          "QUIT");
      assertThat(client.rest())
          .extracting(line -> line.substring(0, 4))
          .containsExactly(
              "220 ", "250-", "250-", "250-", "250 ", "250 ", "250 ", "354 ", "250 ", "250 ",
              "250 ", "502 ", "221 ");
    }
    var mail = server.received().get(0);
    assertThat(mail.from()).isEqualTo("a@x.example");
    assertThat(mail.to()).containsExactly("b@x.example");
    assertThat(mail.subject()).isEqualTo("hello");
    assertThat(mail.text()).isEqualTo(".two dots\r\n");
  }

  @Test
  void commandsOutOfOrderAreRefused() throws IOException {
    try (var client = new Client(server.port())) {
      client.say(
          "RCPT TO:<b@x.example>",
          "DATA",
          "MAIL b@x.example",
          "STARTTLS",
          "MAIL FROM:<a@x.example>",
          "DATA",
          "QUIT");
      assertThat(client.rest())
          .extracting(line -> line.substring(0, 3))
          .containsExactly("220", "503", "503", "501", "502", "250", "503", "221");
    }
    assertThat(server.received()).isEmpty();
  }

  @Test
  void theConnectionIsLostAfterAMailThatIsKept() throws IOException {
    server.misbehave(MailFaults.NONE.losingTheAnswerTo(to -> to.equals("b@x.example")));
    try (var client = new Client(server.port())) {
      client.say("MAIL FROM:<>", "RCPT TO:<b@x.example>", "DATA", "", "hello", ".");
      assertThat(client.rest())
          .extracting(line -> line.substring(0, 3))
          .containsExactly("220", "250", "250", "354");
    }
    assertThat(server.received()).hasSize(1);
  }

  @Test
  void aClosedServerEndsItsConnectionsAndTakesNoMore() throws IOException {
    try (var client = new Client(server.port())) {
      client.say("NOOP");
      assertThat(client.line()).startsWith("220");
      assertThat(client.line()).startsWith("250");
      server.close();
      assertThat(client.rest()).isEmpty();
    }
    assertThatThrownBy(() -> new Client(server.port())).isInstanceOf(ConnectException.class);
  }

  @Test
  void aMailIsReadAsAMailProgramShowsIt() {
    var raw =
        String.join(
            "\r\n",
            "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus?=",
            " =?utf-8?B?IE3DvG5jaGVu?= und",
            "\tUlm",
            "Content-Type: multipart/alternative;",
            "\tboundary=\"b-1\"",
            "",
            "a mail program does not show this",
            "--b-1",
            "Content-Type: text/plain; charset=UTF-8",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            "Gr=C3=BC=C3=9Fe, a long line=",
            " goes on",
            "--b-1",
            "Content-Type: text/html; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            "",
            "PHA+R3LDvMOf",
            "ZTwvcD4=",
            "--b-1--",
            "");
    var mail = new ReceivedMail("a@x.example", List.of("b@x.example"), raw);
    assertThat(mail.subject()).isEqualTo("Grüße aus München und\tUlm");
    assertThat(mail.text()).isEqualTo("Grüße, a long line goes on");
    assertThat(mail.html()).isEqualTo("<p>Grüße</p>");
    assertThat(mail.header("X-None")).isEmpty();
  }

  private static final class Client implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader in;

    Client(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(10_000);
      in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    /** In one packet, as a client that does not wait for answers. */
    void say(String... lines) throws IOException {
      var text = String.join("\r\n", lines) + "\r\n";
      socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    String line() throws IOException {
      return in.readLine();
    }

    List<String> rest() {
      return in.lines().toList();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
