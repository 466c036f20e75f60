package billing.sandbox;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A port on loopback: it lets connections in, or refuses them and keeps its number. */
final class Listener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final int BACKLOG = 1024;
  private static final int PATIENCE_SECONDS = 5;

  /** The loop that accepts; the kernel lets connections in until it has ended. */
  private record Accepting(ServerSocket from, CountDownLatch ended) {}

  private final Works works;
  private final Wire wire;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final int port;
  private @Nullable Accepting accepting;

  /**
   * @param port 0 for any free one
   */
  Listener(int port, Wire wire, Works works) throws IOException {
    this.works = works;
    this.wire = wire;
    var begun = begin(port);
    this.port = begun.from().getLocalPort();
    this.accepting = begun;
    works.start(() -> accept(begun));
  }

  int port() {
    return port;
  }

  private static Accepting begin(int port) throws IOException {
    var socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
      return new Accepting(socket, new CountDownLatch(1));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void accept(Accepting now) {
    try {
      while (!now.from().isClosed()) {
        try {
          var socket = now.from().accept();
          open.add(socket);
          socket.setTcpNoDelay(true);
          works.start(() -> serve(socket));
        } catch (IOException closed) {
          LOG.debug("closed, or a connection that went before it came", closed);
        }
      }
    } finally {
      now.ended().countDown();
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      wire.serve(socket, this);
    } catch (IOException gone) {
      LOG.debug("the client went", gone);
    } finally {
      open.remove(socket);
    }
  }

  /** Refuses new connections and resets the ones that are open. */
  void refuse() throws IOException {
    lock.lock();
    try {
      if (accepting != null) {
        accepting.from().close();
        if (!accepting.ended().await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new IOException("port " + port + " does not close");
        }
        accepting = null;
      }
      open.forEach(Listener::reset);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the sandbox closes");
    } finally {
      lock.unlock();
    }
  }

  /** Listens again, on the same port. */
  void listen() {
    lock.lock();
    try {
      if (accepting == null) {
        var begun = begin(port);
        accepting = begun;
        works.start(() -> accept(begun));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  /** Ends a connection at once, without the parting words of TCP. */
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException gone) {
      LOG.debug("already gone", gone);
    }
  }

  @Override
  public void close() throws IOException {
    refuse();
  }
}
