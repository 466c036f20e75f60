package billing.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Something on the way to Stripe that mixes up two charges: a send never arrives, and what it is
 * answered with is somebody else's payment intent, as Stripe shows it.
 */
final class Astray implements AutoCloseable {

  private final ServerSocket listening;
  private final URI stripe;
  private final String others;

  Astray(URI stripe, String others) throws IOException {
    this.stripe = stripe;
    this.others = others;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listening.getLocalPort());
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        var client = listening.accept();
        var server = new Socket(InetAddress.getLoopbackAddress(), stripe.getPort());
        Thread.ofVirtual().start(() -> pump(client, server));
        Thread.ofVirtual().start(() -> pump(server, client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void pump(Socket from, Socket to) {
    try (from;
        to) {
      pump(from.getInputStream(), to.getOutputStream());
    } catch (IOException ended) {
      // by either side
    }
  }

  private void pump(InputStream in, OutputStream out) throws IOException {
    var buffer = new byte[65536];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      var text = new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
      out.write(
          text.replaceFirst(
                  "^POST /v1/payment_intents[^ ]* ",
                  "GET /v1/payment_intents/" + others + "?expand[]=latest_charge ")
              .getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
