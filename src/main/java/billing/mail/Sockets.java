package billing.mail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One round's sockets, one after the other, so that a mail which takes too long is ended from
 * outside: a timeout is of one read, and the library's own close waits for the mail.
 */
final class Sockets extends SocketFactory {

  /** The time that one mail has, connecting included. At its end the connection is cut. */
  final class Deadline implements AutoCloseable {

    private final Thread timer;

    private Deadline(Duration time) {
      timer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  Thread.sleep(time);
                  cut(this);
                } catch (InterruptedException inTime) {
                  Thread.currentThread().interrupt();
                }
              });
    }

    @Override
    public void close() {
      timer.interrupt();
      end(this);
    }
  }

  private @Nullable Socket newest;
  private @Nullable Deadline deadline;
  private boolean isOver;

  /** Begins the time of one mail. */
  synchronized Deadline deadline(Duration time) {
    isOver = false;
    deadline = new Deadline(time);
    return deadline;
  }

  private synchronized void end(Deadline ended) {
    if (deadline == ended) {
      deadline = null;
    }
  }

  private synchronized void cut(Deadline at) {
    if (deadline == at) {
      isOver = true;
      if (newest != null) {
        close(newest);
      }
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized Socket createSocket() throws IOException {
    if (isOver) {
      throw new SocketException("the mail server was too slow with one mail");
    }
    newest = new Socket();
    return newest;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw new SocketException("connected by the library alone");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket(host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    return createSocket(host, port);
  }
}
