package billing.store;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and a database server, reads along, and does one chosen harm to the n-th
 * COMMIT that passes.
 */
public final class DatabaseProxy implements AutoCloseable {

  /** What becomes of the COMMIT. */
  public enum Harm {
    /** The connection breaks before the server hears of it. */
    REQUEST_LOST,
    /** It takes effect, and the connection breaks before the answer. */
    REPLY_LOST,
    /** It takes effect, and no answer ever comes. */
    REPLY_SWALLOWED,
    /** It waits on the way until {@link #thaw}, and then goes on to the server. */
    FROZEN
  }

  /** Only a claim moves the fence so (sql/fence). */
  private static final String CLAIM = "AND NOT paused";

  private final ServerSocket listening;
  private final int serverPort;
  private final @Nullable String ownLock;
  private final AtomicInteger untilHarm = new AtomicInteger();
  private final AtomicInteger harms = new AtomicInteger();
  private final CountDownLatch thawed = new CountDownLatch(1);
  private final CountDownLatch harmed = new CountDownLatch(1);
  private final List<Socket> sockets = new ArrayList<>();
  private final AtomicReference<Duration> claimDelay = new AtomicReference<>(Duration.ZERO);
  private final AtomicInteger delayedClaims = new AtomicInteger();
  private volatile Harm harm = Harm.REPLY_LOST;
  private volatile Runnable meanwhile = () -> {};

  public DatabaseProxy(int serverPort) throws IOException {
    this(serverPort, null);
  }

  /**
   * As a node of a cluster that shares its tables with the others and not its named locks.
   *
   * @param lock a name that means another lock here; null: as the server has it
   */
  public DatabaseProxy(int serverPort, @Nullable String lock) throws IOException {
    this.ownLock = lock;
    this.serverPort = serverPort;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** From now on the n-th COMMIT is harmed, once. */
  public DatabaseProxy harm(Harm what, int nth) {
    harm = what;
    untilHarm.set(nth);
    return this;
  }

  /** Done once when the harm is done, before the client notices. */
  public DatabaseProxy meanwhile(Runnable action) {
    meanwhile = action;
    return this;
  }

  /** The COMMIT of the next claim waits on the way for so long, and goes on to the server. */
  public void delayClaim(Duration by) {
    claimDelay.set(by);
  }

  /** How many claims were delayed. */
  public int delayedClaims() {
    return delayedClaims.get();
  }

  public boolean harmed() {
    return harmed.getCount() == 0;
  }

  /** How often a COMMIT was harmed. */
  public int harms() {
    return harms.get();
  }

  /** What was frozen goes on. */
  public void thaw() {
    thawed.countDown();
  }

  /** No COMMIT is harmed any more. */
  public void calm() {
    untilHarm.set(0);
    claimDelay.set(Duration.ZERO);
  }

  /** Every connection breaks; new ones may come. */
  public void cut() throws IOException {
    synchronized (sockets) {
      for (var socket : sockets) {
        socket.close();
      }
      sockets.clear();
    }
  }

  @Override
  public void close() throws IOException {
    thaw();
    listening.close();
    cut();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        join(opened(listening.accept()));
      } catch (IOException goneOrClosed) {
        // A client that has gone again is no reason to turn the next one away.
      }
    }
  }

  private void join(Socket client) throws IOException {
    Socket server;
    try {
      server = opened(new Socket(InetAddress.getLoopbackAddress(), serverPort));
    } catch (IOException serverIsDown) {
      client.close();
      return;
    }
    var swallowing = new AtomicBoolean();
    Thread.ofVirtual().start(() -> requests(client, server, swallowing));
    Thread.ofVirtual().start(() -> replies(client, server, swallowing));
  }

  private Socket opened(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    synchronized (sockets) {
      sockets.add(socket);
    }
    return socket;
  }

  private void requests(Socket client, Socket server, AtomicBoolean swallowing) {
    try (client;
        server) {
      var in = new DataInputStream(client.getInputStream());
      var out = server.getOutputStream();
      var claiming = false;
      while (true) {
        var packet = local(packet(in));
        claiming |= isQuery(packet) && text(packet).contains(CLAIM);
        if (claiming && isCommit(packet)) {
          claiming = false;
          delay();
        }
        if (isCommit(packet) && untilHarm.decrementAndGet() == 0) {
          harm(packet, out, swallowing);
        } else {
          out.write(packet);
        }
      }
    } catch (IOException | InterruptedException gone) {
      // one of the two ended it
    }
  }

  private void delay() throws InterruptedException {
    var by = claimDelay.getAndSet(Duration.ZERO);
    if (!by.isZero()) {
      Thread.sleep(by);
      delayedClaims.incrementAndGet();
    }
  }

  private void harm(byte[] packet, OutputStream out, AtomicBoolean swallowing)
      throws IOException, InterruptedException {
    switch (harm) {
      case REQUEST_LOST -> {
        done();
        throw new EOFException("harmed");
      }
      case REPLY_LOST -> {
        swallowing.set(true);
        out.write(packet);
        // The server's answer, or at least time for it to take effect.
        Thread.sleep(200);
        done();
        throw new EOFException("harmed");
      }
      case REPLY_SWALLOWED -> {
        swallowing.set(true);
        out.write(packet);
        done();
      }
      case FROZEN -> {
        done();
        thawed.await();
        out.write(packet);
      }
    }
  }

  private void done() {
    harms.incrementAndGet();
    meanwhile.run();
    harmed.countDown();
  }

  private static void replies(Socket client, Socket server, AtomicBoolean swallowing) {
    try {
      var in = server.getInputStream();
      var out = client.getOutputStream();
      var buffer = new byte[65536];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!swallowing.get()) {
          out.write(buffer, 0, n);
        }
      }
      if (!swallowing.get()) {
        client.close();
      }
    } catch (IOException gone) {
      // one of the two ended it
    }
  }

  /** One packet of the protocol: three bytes of length, one of number, and the payload. */
  private static byte[] packet(InputStream in) throws IOException {
    var header = in.readNBytes(4);
    if (header.length < 4) {
      throw new EOFException();
    }
    int length = (header[0] & 255) | (header[1] & 255) << 8 | (header[2] & 255) << 16;
    var packet = java.util.Arrays.copyOf(header, 4 + length);
    if (in.readNBytes(packet, 4, length) < length) {
      throw new EOFException();
    }
    return packet;
  }

  /** Of the same length, since the packet's own is at its beginning. */
  private byte[] local(byte[] packet) {
    if (ownLock == null || !isQuery(packet)) {
      return packet;
    }
    var all = new String(packet, StandardCharsets.ISO_8859_1);
    var other = ownLock.substring(0, ownLock.length() - 1) + "~";
    return all.replace("'" + ownLock + "'", "'" + other + "'")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static boolean isCommit(byte[] packet) {
    return isQuery(packet)
        && packet.length < 16
        && text(packet).strip().toLowerCase(Locale.ROOT).endsWith("commit");
  }

  private static boolean isQuery(byte[] packet) {
    return packet.length > 5 && packet[4] == 3;
  }

  /** A query's text comes last; MySQL puts the number of its attributes before it. */
  private static String text(byte[] packet) {
    return new String(packet, 5, packet.length - 5, StandardCharsets.ISO_8859_1);
  }
}
