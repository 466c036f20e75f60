package billing.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/**
 * A request's body that leaves at most once, and knows whether it began to.
 *
 * <p>The writer and the one who gives up waiting settle it between them by one compare-and-set:
 * after {@link #forbid} has answered true, no byte will ever be written.
 */
final class OneSend extends AbstractHttpEntity {

  private enum State {
    WAITING,
    LEFT,
    FORBIDDEN
  }

  private static final ContentType TYPE =
      ContentType.create("application/x-www-form-urlencoded", StandardCharsets.UTF_8);

  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final byte[] body;
  private final Permit permit;

  OneSend(Form form, Permit permit) {
    super(TYPE, null);
    this.body = form.body().getBytes(StandardCharsets.US_ASCII);
    this.permit = permit;
  }

  /** Forbids the send; false where it has begun already. */
  boolean forbid() {
    return state.compareAndSet(State.WAITING, State.FORBIDDEN) || state.get() == State.FORBIDDEN;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    if (!permit.stillValid()) {
      forbid();
      throw new IOException("the permit to send expired");
    }
    if (!state.compareAndSet(State.WAITING, State.LEFT)) {
      throw new IOException("given up before it began");
    }
    out.write(body);
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public boolean isStreaming() {
    return false;
  }

  @Override
  public long getContentLength() {
    return body.length;
  }

  @Override
  public InputStream getContent() {
    throw new UnsupportedOperationException("a body that is only ever written");
  }

  @Override
  public void close() {
    // nothing is held open
  }
}
