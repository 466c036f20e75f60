package billing.gateway;

import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.ssl.TLS;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Apache HttpClient with every habit switched off that could send a charge twice or elsewhere, and
 * every limit written out: by default it repeats a POST on 429 and 503, follows redirects, keeps
 * cookies, unpacks bombs, and waits for ever.
 */
final class CarefulClient {

  private static final Timeout LEASE = Timeout.ofSeconds(5);
  private static final Timeout CONNECT = Timeout.ofSeconds(10);

  /** A read ends by itself only where the exchange's own deadline has failed to end it. */
  private static final Duration BACKSTOP = Duration.ofSeconds(1);

  /** Shorter than any server keeps an idle connection, so that we are the one to let go of it. */
  private static final TimeValue IDLE = TimeValue.ofSeconds(2);

  private static final Timeout GLANCE = Timeout.ofMilliseconds(1);

  private static final Http1Config LIMITS =
      Http1Config.custom().setMaxLineLength(16 * 1024).setMaxHeaderCount(200).build();

  private CarefulClient() {}

  static CloseableHttpClient of(GatewaySettings settings, SSLContext tls) {
    var read = Timeout.of(settings.timeout().plus(BACKSTOP));
    return HttpClients.custom()
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableContentCompression()
        .disableAuthCaching()
        .setUserAgent("billing")
        .setRoutePlanner(new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE))
        .setRequestExecutor(new CleanStart())
        .setKeepAliveStrategy(CarefulClient::keepAlive)
        .setConnectionManager(pool(settings.concurrency(), read, tls))
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setConnectionRequestTimeout(LEASE)
                .setResponseTimeout(read)
                .setExpectContinueEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .setAuthenticationEnabled(false)
                .setHardCancellationEnabled(true)
                .build())
        .build();
  }

  private static PoolingHttpClientConnectionManager pool(int size, Timeout read, SSLContext tls) {
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.STRICT)
        .setMaxConnTotal(size)
        .setMaxConnPerRoute(size)
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(CONNECT)
                .setSocketTimeout(read)
                .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                .build())
        .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(CONNECT).build())
        .setTlsSocketStrategy(
            ClientTlsStrategyBuilder.create()
                .setSslContext(tls)
                .setTlsVersions(TLS.V_1_3, TLS.V_1_2)
                .setHostVerificationPolicy(HostnameVerificationPolicy.BOTH)
                .buildClassic())
        .setConnectionFactory(
            ManagedHttpClientConnectionFactory.builder()
                .responseParserFactory(config -> new WholeHead(LIMITS))
                .http1Config(LIMITS)
                .build())
        .build();
  }

  private static TimeValue keepAlive(HttpResponse response, HttpContext context) {
    var theirs =
        DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
    var told = TimeValue.isPositive(theirs) && theirs.compareTo(IDLE) < 0;
    return told ? theirs : IDLE;
  }

  /**
   * Refuses a kept connection on which bytes wait already: a reply that was longer than it said.
   * Read as the answer to the next request, they would tell of another charge.
   */
  private static final class CleanStart extends HttpRequestExecutor {

    @Override
    public ClassicHttpResponse execute(
        ClassicHttpRequest request,
        HttpClientConnection connection,
        HttpResponseInformationCallback callback,
        HttpContext context)
        throws IOException, HttpException {
      if (connection.isDataAvailable(GLANCE)) {
        throw new IOException("bytes of an earlier reply were left on the connection");
      }
      return super.execute(request, connection, callback, context);
    }
  }
}
