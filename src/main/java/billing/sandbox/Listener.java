package billing.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A port on loopback: it lets connections in, or refuses them and keeps its number. */
final class Listener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final int BACKLOG = 1024;

  private final Works works;
  private final Wire wire;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final int port;
  private @Nullable ServerSocket listening;

  /**
   * @param port 0 for any free one
   */
  Listener(int port, Wire wire, Works works) throws IOException {
    this.works = works;
    this.wire = wire;
    var socket = bind(port);
    this.port = socket.getLocalPort();
    this.listening = socket;
    works.start(() -> accept(socket));
  }

  int port() {
    return port;
  }

  private static ServerSocket bind(int port) throws IOException {
    var socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void accept(ServerSocket from) {
    while (true) {
      try {
        var socket = from.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        works.start(() -> serve(socket));
      } catch (IOException closed) {
        if (from.isClosed()) {
          return;
        }
        LOG.debug("a connection that went before it came", closed);
      }
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
  synchronized void refuse() {
    try {
      if (listening != null) {
        listening.close();
        listening = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(Listener::reset);
  }

  /** Listens again, on the same port. */
  synchronized void listen() {
    if (listening != null) {
      return;
    }
    try {
      var socket = bind(port);
      listening = socket;
      works.start(() -> accept(socket));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
  public void close() {
    refuse();
  }
}
