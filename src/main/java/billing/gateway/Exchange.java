package billing.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.ssl.SSLContexts;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP exchange, done carefully: sent once or not at all, under one deadline from the name's
 * resolution to the reply's last byte, and with an answer for everything that can happen.
 *
 * <p>Each exchange runs on a virtual thread of its own. At the deadline, or when the caller is
 * interrupted, the caller forbids the send where it has not begun, cuts the connection (closed with
 * linger 0, so that nothing is delivered afterwards) and returns.
 */
public final class Exchange implements AutoCloseable {

  /** Nothing that an adapter asks for comes near it. */
  static final int LONGEST_REPLY = 1 << 20;

  /** A hundred of anybody's transactions, each with all the notes that a vendor has room for. */
  static final int LONGEST_PAGE = 8 << 20;

  private final Endpoint endpoint;
  private final CloseableHttpClient client;
  private final Duration deadline;
  private final InstantSource clock;
  private final Wording wording;
  private final SkewGauge skew = new SkewGauge();

  Exchange(GatewaySettings settings, CloseableHttpClient client, InstantSource clock) {
    this.endpoint = Endpoint.of(settings.url());
    this.client = client;
    this.deadline = settings.timeout();
    this.clock = clock;
    this.wording = new Wording(settings.key());
  }

  public static Exchange open(GatewaySettings settings, InstantSource clock) {
    return new Exchange(settings, CarefulClient.of(settings, SSLContexts.createDefault()), clock);
  }

  /** Posts the form, once, if the permit is valid when its first byte is about to be written. */
  public Answer post(String path, Map<String, String> headers, Form form, Permit permit) {
    var request = new HttpPost(endpoint.resolve(path));
    var send = new OneSend(form, permit);
    request.setEntity(send);
    return run(request, headers, send, LONGEST_REPLY);
  }

  /** Asks. Has no body, so that only a reply says anything. */
  public Answer get(String pathAndQuery, Map<String, String> headers) {
    return run(new HttpGet(endpoint.resolve(pathAndQuery)), headers, null, LONGEST_REPLY);
  }

  /** Asks for a page of a listing, which may be longer than any other reply. */
  public Answer getPage(String pathAndQuery, Map<String, String> headers) {
    return run(new HttpGet(endpoint.resolve(pathAndQuery)), headers, null, LONGEST_PAGE);
  }

  /** The same where the vendor wants the question in a body. */
  public Answer postPage(String path, Form form) {
    var request = new HttpPost(endpoint.resolve(path));
    var send = new OneSend(form, () -> true);
    request.setEntity(send);
    return run(request, Map.of(), send, LONGEST_PAGE);
  }

  private Answer run(
      HttpUriRequestBase request,
      Map<String, String> headers,
      @Nullable OneSend send,
      int longest) {
    headers.forEach(request::setHeader);
    var task = new FutureTask<>(() -> exchange(request, longest));
    var worker = Thread.ofVirtual().name("gateway-exchange").start(task);
    try {
      return task.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException failed) {
      return without(send, reason(failed.getCause()));
    } catch (TimeoutException late) {
      var answer = without(send, "no answer within " + deadline.toMillis() + " ms");
      cut(request, worker);
      return answer;
    } catch (InterruptedException stop) {
      var answer = without(send, "interrupted while waiting for the answer");
      cut(request, worker);
      Thread.currentThread().interrupt();
      return answer;
    }
  }

  private static Answer without(@Nullable OneSend send, String why) {
    return send != null && send.forbid() ? new Answer.NeverLeft(why) : new Answer.Lost(why);
  }

  private static void cut(HttpUriRequestBase request, Thread worker) {
    request.cancel();
    worker.interrupt();
  }

  private Answer exchange(HttpUriRequestBase request, int longest) throws IOException {
    var begun = clock.instant();
    try (var response = client.executeOpen(endpoint.host(), request, HttpClientContext.create())) {
      var headers = headers(response);
      skew.read(headers.get("date"), begun, clock.instant());
      return new Answer.Reply(response.getCode(), headers, body(response, request, longest));
    }
  }

  private static String body(ClassicHttpResponse response, HttpUriRequestBase request, int longest)
      throws IOException {
    var entity = response.getEntity();
    if (entity == null) {
      return "";
    }
    var bytes = entity.getContent().readNBytes(longest + 1);
    if (bytes.length > longest) {
      request.cancel(); // or closing the response would read the rest of it
      throw new IOException("a reply of more than " + longest + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static Map<String, String> headers(ClassicHttpResponse response) {
    var headers = new HashMap<String, String>();
    for (var header : response.getHeaders()) {
      var value = header.getValue();
      headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), value == null ? "" : value);
    }
    return Map.copyOf(headers);
  }

  private String reason(@Nullable Throwable cause) {
    return cause == null
        ? "failed"
        : wording.fit(cause.getClass().getSimpleName() + ": " + cause.getMessage());
  }

  /** How far the gateway's clock was ahead of this host's in its latest reply; zero before. */
  public Duration clockAhead() {
    return skew.ahead();
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
  }
}
