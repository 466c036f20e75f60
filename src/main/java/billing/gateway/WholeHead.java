package billing.gateway;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * Parses the head of a reply strictly: one that breaks off is none. HttpClient's own parser takes
 * "HTTP/1.1 429" and the end of the connection for a whole reply, and we take 429 for a proof.
 */
final class WholeHead implements HttpMessageParser<ClassicHttpResponse> {

  private final HttpMessageParser<ClassicHttpResponse> parser;

  WholeHead(Http1Config limits) {
    this.parser = new DefaultHttpResponseParser(limits);
  }

  @Override
  public ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in)
      throws IOException, HttpException {
    return parser.parse(new UnbrokenLines(buffer), in);
  }

  private record UnbrokenLines(SessionInputBuffer buffer) implements SessionInputBuffer {

    @Override
    public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
      var read = buffer.readLine(line, in);
      if (read < 0) {
        throw new ConnectionClosedException("the connection ended before the reply's head did");
      }
      return read;
    }

    @Override
    public int length() {
      return buffer.length();
    }

    @Override
    public int capacity() {
      return buffer.capacity();
    }

    @Override
    public int available() {
      return buffer.available();
    }

    @Override
    public int read(byte[] into, int from, int count, InputStream in) throws IOException {
      return buffer.read(into, from, count, in);
    }

    @Override
    public int read(byte[] into, InputStream in) throws IOException {
      return buffer.read(into, in);
    }

    @Override
    public int read(InputStream in) throws IOException {
      return buffer.read(in);
    }

    @Override
    public HttpTransportMetrics getMetrics() {
      return buffer.getMetrics();
    }
  }
}
