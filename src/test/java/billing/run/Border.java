package billing.run;

import billing.run.Tripwire.Way;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;

/** A port of the run's own before one server: whatever passes it crosses the tripwire. */
final class Border implements AutoCloseable {

  private final ServerSocket listening;
  private final int serverPort;
  private final Supplier<Speech> language;
  private final Tripwire wire;
  private final Duration lateness;

  /**
   * @param lateness how long what is {@link Way#LATE} is on its way
   */
  Border(int serverPort, Supplier<Speech> language, Tripwire wire, Duration lateness)
      throws IOException {
    this.serverPort = serverPort;
    this.language = language;
    this.wire = wire;
    this.lateness = lateness;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Whoever comes now is refused. */
  @Override
  public void close() throws IOException {
    listening.close();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        var client = wire.opened(listening.accept());
        var server = wire.opened(new Socket(InetAddress.getLoopbackAddress(), serverPort));
        var passage = new Passage(client, server, language.get());
        Thread.ofVirtual().start(passage::requests);
        Thread.ofVirtual().start(passage::replies);
      } catch (IOException deadOrClosed) {
        // the next one is told the same
      }
    }
  }

  /** One connection. */
  private final class Passage {
    private final Socket client;
    private final Socket server;
    private final Speech speech;

    /** What is to be done with the next reply. */
    private volatile Way pending = Way.PASS;

    Passage(Socket client, Socket server, Speech speech) {
      this.client = client;
      this.server = server;
      this.speech = speech;
    }

    void requests() {
      try (client) {
        var in = client.getInputStream();
        while (true) {
          var unit = speech.next(in);
          var what = unit.what() == null ? Way.PASS : wire.cross(unit.what());
          if (what == Way.LATE || what == Way.DELAYED) {
            pending = what;
            late(unit, what);
            return;
          }
          if (what == Way.BEFORE || what == Way.UNWITNESSED || what == Way.DROPPED) {
            return;
          }
          if (what == Way.ASLEEP && !speech.passesAsleep()) {
            wire.awaitWaking();
          } else if (what != Way.ASLEEP) {
            pending = what;
          }
          unit.to(server.getOutputStream());
        }
      } catch (IOException ended) {
        // by either side
      } finally {
        end();
      }
    }

    private void late(Speech.Unit unit, Way how) throws IOException {
      wire.spare(server);
      if (how == Way.LATE) {
        wire.die();
      } else {
        Tripwire.cut(client);
      }
      pause(lateness);
      unit.to(server.getOutputStream());
      // Its effect, if there is one, comes before its answer.
      server.setSoTimeout(2000);
    }

    void replies() {
      try (server) {
        pump(server.getInputStream());
      } catch (IOException ended) {
        // by either side
      } finally {
        Tripwire.cut(client);
      }
    }

    private void pump(InputStream in) throws IOException {
      var buffer = new byte[65536];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        var now = pending;
        if (now == Way.REPLY_LOST) {
          wire.die();
          return;
        }
        if (now == Way.CUT || now == Way.LATE || now == Way.DELAYED) {
          return;
        }
        wire.awaitWaking();
        speech.heard(new String(buffer, 0, Math.min(n, 16), StandardCharsets.ISO_8859_1));
        client.getOutputStream().write(buffer, 0, n);
        if (now == Way.AFTER) {
          wire.die();
          return;
        }
      }
    }

    /** A reply that never comes, or the connection's end, is as good as the reply. */
    private void end() {
      if (pending == Way.AFTER || pending == Way.REPLY_LOST) {
        wire.die();
      }
      if (!wire.isDead() && pending != Way.DELAYED) {
        Tripwire.cut(server);
      }
    }
  }

  private static void pause(Duration time) throws IOException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
