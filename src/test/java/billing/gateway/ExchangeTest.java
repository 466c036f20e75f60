package billing.gateway;

import static billing.gateway.LiteralServer.closes;
import static billing.gateway.LiteralServer.drips;
import static billing.gateway.LiteralServer.http;
import static billing.gateway.LiteralServer.raw;
import static billing.gateway.LiteralServer.reply;
import static billing.gateway.LiteralServer.resets;
import static billing.gateway.LiteralServer.silent;
import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.Answer.Lost;
import billing.gateway.Answer.NeverLeft;
import billing.gateway.Answer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of "transport → outcome": what an exchange proves, whatever the other side does. */
@Timeout(20)
class ExchangeTest {

  private static final Permit ALWAYS = () -> true;

  private LiteralServer server;
  private Exchange exchange;

  @BeforeEach
  void open() throws IOException {
    server = LiteralServer.start();
    exchange = open(server.url(), Duration.ofSeconds(5));
  }

  @AfterEach
  void close() throws IOException {
    exchange.close();
    server.close();
  }

  private static Exchange open(URI url, Duration timeout) {
    return Exchange.open(Attempts.settings(url, timeout), InstantSource.system());
  }

  private Answer post() {
    return post(exchange, ALWAYS);
  }

  private static Answer post(Exchange exchange, Permit permit) {
    return exchange.post("/pay", Map.of("X-Key", "K1"), new Form().with("a", "1 €"), permit);
  }

  private static Answer impatient(URI url) {
    try (var exchange = open(url, Duration.ofMillis(300))) {
      return post(exchange, ALWAYS);
    }
  }

  @Test
  void aWholeReplyIsHandedOverAsItIs() {
    server.then(reply(402, "X-Made-By: test\r\n", "{\"a\":\"é\"}"));
    assertThat(post())
        .isEqualTo(
            new Reply(402, Map.of("x-made-by", "test", "content-length", "10"), "{\"a\":\"é\"}"));
    var asked = server.asked().getFirst();
    assertThat(asked.line()).isEqualTo("POST /pay HTTP/1.1");
    assertThat(asked.body()).isEqualTo("a=1+%E2%82%AC");
    assertThat(asked.headers())
        .containsEntry("x-key", "K1")
        .containsEntry("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
        .doesNotContainKeys("cookie", "expect", "upgrade", "accept-encoding");
  }

  @Test
  void aRefusedConnectionIsProofThatNothingLeft() throws IOException {
    URI nobody;
    try (var gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + gone.getLocalPort());
    }
    assertThat(impatient(nobody)).isInstanceOf(NeverLeft.class);
  }

  @Test
  void aNameThatNobodyHasIsProofThatNothingLeft() {
    assertThat(impatient(URI.create("https://no-such-host.invalid"))).isInstanceOf(NeverLeft.class);
  }

  @Test
  void aTlsHandshakeThatIsNotAnsweredIsProofThatNothingLeft() {
    server.then(silent());
    assertThat(impatient(URI.create("https://127.0.0.1:" + server.url().getPort())))
        .isInstanceOf(NeverLeft.class);
  }

  @Test
  void aTlsHandshakeThatIsBrokenOffIsProofThatNothingLeft() throws Exception {
    try (var door = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var rude =
          Thread.ofVirtual()
              .start(() -> {
                try (var socket = door.accept()) {
                  socket.getInputStream().read();
                } catch (IOException over) {
                  // the test is over
                }
              });
      assertThat(impatient(URI.create("https://localhost:" + door.getLocalPort())))
          .isInstanceOf(NeverLeft.class);
      rude.join();
    }
  }

  @Test
  void noConnectionFreeIsProofThatNothingLeft() throws Exception {
    var settings = new GatewaySettings(server.url(), "k", 1, Duration.ofMillis(400), null);
    try (var narrow = Exchange.open(settings, InstantSource.system())) {
      server.then(silent());
      var first = CompletableFuture.supplyAsync(() -> post(narrow, ALWAYS));
      while (server.asked().isEmpty()) {
        Thread.sleep(5);
      }
      Thread.sleep(100);
      var begun = System.nanoTime();
      var second = CompletableFuture.supplyAsync(() -> post(narrow, () -> false));
      assertThat(first.get()).isInstanceOf(Lost.class);
      assertThat(second.get()).isInstanceOf(NeverLeft.class);
      assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(3));
    }
  }

  @Test
  void aReplyThatNeverComesIsLost() {
    server.then(silent());
    assertThat(impatient(server.url())).isEqualTo(new Lost("no answer within 300 ms"));
  }

  @Test
  void aConnectionClosedAfterTheRequestIsLost() {
    server.then(closes());
    assertThat(post()).isInstanceOf(Lost.class);
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void aConnectionResetAfterTheRequestIsLost() {
    server.then(resets());
    assertThat(post()).isInstanceOf(Lost.class);
    assertThat(server.asked()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\":\"succeeded\"}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200",
        "HTTP/1.1 429 Too Many Requests\r\n",
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\0\1\2\3"
      })
  void aBrokenReplyIsLost(String text) {
    server.then(raw(text));
    assertThat(post()).isInstanceOf(Lost.class);
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void aDrippingReplyIsCutOffAtTheDeadline() {
    server.then(drips("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"));
    var begun = System.nanoTime();
    assertThat(impatient(server.url())).isInstanceOf(Lost.class);
    assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(2));
  }

  @Test
  void aCutConnectionIsResetAndNotClosedPolitely() throws Exception {
    var end = new CompletableFuture<String>();
    server.then(socket -> {
      try {
        end.complete("read " + socket.getInputStream().read());
      } catch (SocketException reset) {
        end.complete("reset");
      }
      return false;
    });
    assertThat(impatient(server.url())).isInstanceOf(Lost.class);
    assertThat(end.get(5, TimeUnit.SECONDS)).isEqualTo("reset");
  }

  @Test
  void aReplyWithoutEndIsNotReadToItsEnd() {
    server.then(socket -> {
      LiteralServer.send(socket, "HTTP/1.1 200 OK\r\n\r\n");
      for (int i = 0; i < 4096; i++) {
        LiteralServer.send(socket, "x".repeat(1024));
      }
      return false;
    });
    assertThat(post())
        .isInstanceOfSatisfying(Lost.class, lost -> assertThat(lost.why()).contains("1048576"));
  }

  @Test
  void aReplyOfJustTheLongestLengthIsRead() {
    server.thenReply(200, "x".repeat(Exchange.LONGEST_REPLY));
    assertThat(post())
        .isInstanceOfSatisfying(
            Reply.class, r -> assertThat(r.body()).hasSize(Exchange.LONGEST_REPLY));
  }

  @Test
  void aBombIsNotUnpacked() {
    server.then(reply(200, "Content-Encoding: gzip\r\n", "not even gzip"));
    assertThat(post())
        .isInstanceOfSatisfying(Reply.class, r -> assertThat(r.body()).isEqualTo("not even gzip"));
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503, 500, 502, 504, 408})
  void everyStatusIsHeardOnceAndNothingIsRepeated(int status) throws Exception {
    server.then(reply(status, "Retry-After: 0\r\n", "")).thenReply(200, "second");
    assertThat(post())
        .isInstanceOfSatisfying(Reply.class, r -> assertThat(r.status()).isEqualTo(status));
    Thread.sleep(50);
    assertThat(server.asked()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectIsNotFollowed(int status) throws Exception {
    var there = "Location: " + server.url() + "/elsewhere\r\n";
    server.then(reply(status, there, "")).thenReply(200, "elsewhere");
    assertThat(post())
        .isInstanceOfSatisfying(Reply.class, r -> assertThat(r.status()).isEqualTo(status));
    server.then(reply(status, there, ""));
    Thread.sleep(50);
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void noCookieIsCarriedOn() {
    server.then(reply(200, "Set-Cookie: a=b; Path=/\r\n", "")).thenReply(200, "");
    post();
    post();
    assertThat(server.asked().get(1).headers()).doesNotContainKey("cookie");
  }

  @Test
  void anExpiredPermitLetsNoByteOut() throws Exception {
    server.thenReply(200, "");
    assertThat(post(exchange, () -> false))
        .isInstanceOfSatisfying(
            NeverLeft.class, n -> assertThat(n.why()).contains("permit to send expired"));
    Thread.sleep(50);
    assertThat(server.asked()).isEmpty();
    assertThat(server.fragments()).isEmpty();
    assertThat(post()).isInstanceOf(Reply.class);
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void thePermitIsAskedOnlyOnceTheConnectionStands() {
    var connectedFirst = new AtomicBoolean();
    server.thenReply(200, "");
    post(
        exchange,
        () -> {
          // The server counts a connection a moment after the kernel has made it.
          for (int i = 0; i < 400 && server.connections() == 0; i++) {
            LockSupport.parkNanos(5_000_000);
          }
          connectedFirst.set(server.connections() == 1);
          return true;
        });
    assertThat(connectedFirst).isTrue();
  }

  @Test
  void anInterruptedCallerGetsAnAnswerAndStaysInterrupted() throws Exception {
    server.then(silent());
    var answer = new CompletableFuture<Answer>();
    var caller =
        Thread.ofVirtual()
            .start(() -> {
              var got = post();
              assertThat(Thread.currentThread().isInterrupted()).isTrue();
              answer.complete(got);
            });
    while (server.asked().isEmpty()) {
      Thread.sleep(5);
    }
    caller.interrupt();
    assertThat(answer.get(5, TimeUnit.SECONDS)).isInstanceOf(Lost.class);
  }

  @Test
  void whoIsInterruptedBeforehandSendsNothing() throws Exception {
    server.thenReply(200, "");
    var held = new CountDownLatch(1);
    Thread.currentThread().interrupt();
    var answer =
        post(
            exchange,
            () -> {
              try {
                return held.await(2, TimeUnit.SECONDS);
              } catch (InterruptedException cut) {
                return true;
              }
            });
    assertThat(Thread.interrupted()).isTrue();
    assertThat(answer).isInstanceOf(NeverLeft.class);
    Thread.sleep(50);
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void aClosedExchangeAnswersToo() {
    exchange.close();
    assertThat(post()).isInstanceOf(NeverLeft.class);
  }

  @Test
  void connectionsAreKept() {
    for (int i = 0; i < 5; i++) {
      server.thenReply(200, "reply " + i);
      assertThat(post()).isInstanceOf(Reply.class);
    }
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void aKeptConnectionThatTheServerClosedIsNoticedBeforeTheNextSend() throws Exception {
    for (int i = 0; i < 5; i++) {
      server.then(raw(http(200, "", "reply " + i)));
      assertThat(post()).isInstanceOf(Reply.class);
      Thread.sleep(30);
    }
    assertThat(server.asked()).hasSize(5);
  }

  @Test
  void bytesLeftOverFromOneReplyAreNotReadAsTheNext() throws Exception {
    server.then(socket -> {
      LiteralServer.send(socket, http(200, "", "first") + http(200, "", "somebody else's"));
      return true;
    });
    server.thenReply(200, "second");
    assertThat(body(post())).isEqualTo("first");
    Thread.sleep(20);
    assertThat(post()).isInstanceOf(NeverLeft.class);
    assertThat(body(post())).isEqualTo("second");
  }

  private static String body(Answer answer) {
    return answer instanceof Reply reply ? reply.body() : answer.toString();
  }

  @Test
  void asManyConnectionsAsAtOnceAreAllowed() throws Exception {
    var calls = new ArrayList<CompletableFuture<Answer>>();
    for (int i = 0; i < 4; i++) {
      server.then(socket -> {
        Thread.sleep(200);
        LiteralServer.send(socket, http(200, "", ""));
        return true;
      });
    }
    var begun = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 4; i++) {
        calls.add(CompletableFuture.supplyAsync(this::post, threads));
      }
      for (var call : calls) {
        assertThat(call.get()).isInstanceOf(Reply.class);
      }
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(600));
  }

  @Test
  void theGatewaysClockIsComparedWithOurs() {
    var now = Instant.parse("2026-11-24T02:00:00.400Z");
    var settings = Attempts.settings(server.url());
    try (var fixed = Exchange.open(settings, () -> now)) {
      assertThat(fixed.clockAhead()).isZero();
      for (var row :
          List.of(
              "Tue, 24 Nov 2026 02:00:00 GMT|PT0S",
              "Tue, 24 Nov 2026 02:00:45 GMT|PT44.6S",
              "Tue, 24 Nov 2026 01:59:19 GMT|PT-40.4S",
              "yesterday|PT-40.4S")) {
        var cells = row.split("\\|", -1);
        server.then(reply(200, "Date: " + cells[0] + "\r\n", ""));
        post(fixed, ALWAYS);
        assertThat(fixed.clockAhead()).isEqualTo(Duration.parse(cells[1]));
      }
      server.then(reply(200, "Date: Mon, 01 Jan 0001 00:00:00 GMT\r\n", ""));
      post(fixed, ALWAYS);
      assertThat(fixed.clockAhead()).isLessThan(Duration.ofDays(-365 * 2000));
    }
  }

  @Test
  void noTextEverHoldsTheKey() {
    var settings = Attempts.settings(server.url());
    assertThat(settings.toString()).doesNotContain("SECRET");
    assertThat(new Form().with("security_key", "SECRET").toString()).doesNotContain("SECRET");
    assertThat(new Wording("SECRET").toString()).doesNotContain("SECRET");
    assertThat(new Wording("SECRET").fit("no such key: SECRET\r\nand 4111 1111 1111 1111"))
        .isEqualTo("no such key: *** and ***");
    assertThat(new Wording("x").fit("y".repeat(500))).hasSize(200);
    assertThat(new Reply(200, Map.of(), "Ann Lee").toString()).doesNotContain("Ann");
  }
}
