package billing.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A mail server on loopback that delivers to nobody: it keeps what it takes, in the order in which
 * it took it, and misbehaves as it is told to.
 */
public final class MailServer implements AutoCloseable {

  /**
   * What it offers and demands.
   *
   * @param tls for STARTTLS; null: not offered
   * @param implicitTls whether TLS begins with the first byte, instead of STARTTLS
   * @param user who must log in before sending; null: anybody may send
   * @param mailsPerConnection after that many it ends a connection with 421
   */
  public record Options(
      @Nullable SSLContext tls,
      boolean implicitTls,
      @Nullable String user,
      @Nullable String password,
      int mailsPerConnection) {

    public static final Options PLAIN = new Options(null, false, null, null, Integer.MAX_VALUE);

    boolean mayLogIn(String name, String secret) {
      return name.equals(user) && secret.equals(password);
    }
  }

  private final ServerSocket listening;
  private final Options options;
  private final List<String> commands = Collections.synchronizedList(new ArrayList<>());
  private final List<ReceivedMail> received = Collections.synchronizedList(new ArrayList<>());
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final Thread door = Thread.ofVirtual().name("mail-server").unstarted(this::accept);
  private volatile MailFaults faults = MailFaults.NONE;

  private MailServer(ServerSocket listening, Options options) {
    this.listening = listening;
    this.options = options;
  }

  /** One that anybody on this machine may send to, on a free port. */
  public static MailServer start() {
    return start(0, Options.PLAIN);
  }

  /**
   * On a port of choice.
   *
   * @param port 0: a free one
   */
  public static MailServer start(int port, Options options) {
    try {
      var loopback = InetAddress.getLoopbackAddress();
      var server = new MailServer(new ServerSocket(port, 50, loopback), options);
      server.door.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** All that it took, whether or not the sender heard of it. */
  public List<ReceivedMail> received() {
    return List.copyOf(received);
  }

  /** How many connections were made to it, the refused ones included. */
  public int connections() {
    return connections.get();
  }

  /** The verbs of all that clients said, in the order of their arrival; of a mail nothing. */
  public List<String> commands() {
    return List.copyOf(commands);
  }

  /** From the next command on. */
  public void misbehave(MailFaults faults) {
    this.faults = faults;
  }

  MailFaults faults() {
    return faults;
  }

  Options options() {
    return options;
  }

  void heard(String verb) {
    commands.add(verb);
  }

  void keep(ReceivedMail mail) {
    received.add(mail);
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        var socket = listening.accept();
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().name("mail-session").start(() -> serve(socket));
      } catch (IOException closed) {
        // the loop's condition tells whether it was us
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      if (!faults.refusing() && !listening.isClosed()) {
        new MailSession(this, socket).run();
      }
    } catch (IOException gone) {
      // the client hung up, or close() did
    } finally {
      open.remove(socket);
    }
  }

  /** Ends every connection, in the middle of a mail too. Whoever comes afterwards is refused. */
  @Override
  public void close() {
    try {
      listening.close();
      for (var socket : open) {
        socket.close();
      }
      // The port listens on for as long as a thread still waits there.
      door.join(Duration.ofSeconds(5));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
