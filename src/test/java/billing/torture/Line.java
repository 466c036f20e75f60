package billing.torture;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way of every connection to one server. It can be stalled: connections are accepted, and bytes
 * wait on it until they are let through or the connection is cut.
 */
final class Line implements AutoCloseable {

  /** Which bytes wait. */
  enum Way {
    REQUESTS,
    REPLIES
  }

  private static final int BACKLOG = 200;

  private final InetSocketAddress server;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Way> held = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition released = lock.newCondition();
  private ServerSocket listening;
  private Thread door;
  private volatile boolean waited;
  private int stalls;

  Line(int serverPort) throws IOException {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
    listening = listen(0);
    port = listening.getLocalPort();
    door = begin(listening);
  }

  int port() {
    return port;
  }

  /** From now on these bytes wait. */
  void hold(Set<Way> ways) {
    lock.lock();
    try {
      waited = false;
      held.addAll(ways);
    } finally {
      lock.unlock();
    }
  }

  /** What waits goes on. */
  void release() {
    lock.lock();
    try {
      held.clear();
      stalls += waited ? 1 : 0;
      waited = false;
      released.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether anything waits. */
  boolean isWaiting() {
    return waited;
  }

  /** How often something waited. */
  int stalls() {
    return stalls;
  }

  /**
   * Every connection breaks, and what waits is lost; new ones may come.
   *
   * @return whether there was any
   */
  boolean cut() {
    var any = !open.isEmpty();
    open.forEach(Line::reset);
    open.clear();
    return any;
  }

  /** Whoever comes is refused, until {@link #accept}. */
  void refuse() throws IOException, InterruptedException {
    listening.close();
    // The port listens on for as long as a thread still waits there.
    door.join(TimeUnit.SECONDS.toMillis(5));
    cut();
  }

  void accept() throws IOException {
    if (listening.isClosed()) {
      listening = listen(port);
      door = begin(listening);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    cut();
    release();
  }

  private static ServerSocket listen(int port) throws IOException {
    var socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    return socket;
  }

  private Thread begin(ServerSocket from) {
    return Thread.ofVirtual().start(() -> accept(from));
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        join(from.accept());
      } catch (IOException closed) {
        // the loop's condition tells whether it was us
      }
    }
  }

  private void join(Socket client) throws IOException {
    var onward = new Socket();
    try {
      onward.connect(server);
    } catch (IOException nobodyThere) {
      reset(client);
      return;
    }
    client.setTcpNoDelay(true);
    onward.setTcpNoDelay(true);
    open.add(client);
    open.add(onward);
    Thread.ofVirtual().start(() -> pass(client, onward, Way.REQUESTS));
    Thread.ofVirtual().start(() -> pass(onward, client, Way.REPLIES));
  }

  /** Until one of the two ends it; then the other hears of it. */
  private void pass(Socket from, Socket to, Way way) {
    try (from;
        to) {
      var in = from.getInputStream();
      var out = to.getOutputStream();
      var buffer = new byte[65536];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        await(way);
        out.write(buffer, 0, n);
      }
    } catch (IOException | InterruptedException gone) {
      reset(to);
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private void await(Way way) throws InterruptedException {
    lock.lock();
    try {
      while (held.contains(way)) {
        waited = true;
        released.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void reset(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException gone) {
      // that is what was wanted
    }
  }
}
