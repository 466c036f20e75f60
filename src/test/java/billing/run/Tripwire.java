package billing.run;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts everything that one run says to the world outside of its process, and at a chosen count
 * does to the run what a kill, a lost connection or a long sleep would.
 */
final class Tripwire {

  /** What becomes of the run at its crash point. */
  enum Way {
    /** It passes; so does everything that is not the crash point. */
    PASS,
    /** The run dies, and nobody hears of the request. */
    BEFORE,
    /** The run dies with the first of the reply in its hands. */
    AFTER,
    /** The request takes effect, and the run dies without the reply. */
    REPLY_LOST,
    /** The run dies with the request on its way: it takes effect when the next run has begun. */
    LATE,
    /** As {@link #BEFORE}, and the witness is as it was before the claim. */
    UNWITNESSED,
    /** The request takes effect and the connection breaks before the reply; the run lives on. */
    CUT,
    /** The connection breaks and nobody hears of the request; the run lives on. */
    DROPPED,
    /** The connection breaks and the request takes effect later, under the eyes of the same run. */
    DELAYED,
    /** The database goes back to an earlier time under the run, which lives on. */
    GONE_BACK,
    /** The run stops there, all of it, until somebody thaws it. */
    ASLEEP
  }

  private static final int LONGEST_SLEEP_SECONDS = 60;

  private final int at;
  private final Way way;
  private final Runnable committing;
  private final List<String> crossed = new ArrayList<>();
  private final Set<Socket> sockets = new HashSet<>();
  private final CountDownLatch asleep = new CountDownLatch(1);
  private final CountDownLatch awake = new CountDownLatch(1);
  private Runnable goingBack = () -> {};
  private @Nullable Runnable onDeath;
  private boolean dead;
  private @Nullable RuntimeException broken;

  /**
   * Trips at one crossing.
   *
   * @param at the crossing's number, from 1; 0: none
   * @param committing done before every COMMIT passes
   */
  Tripwire(int at, Way way, Runnable committing) {
    this.at = at;
    this.way = way;
    this.committing = committing;
  }

  /** What else ends with the run. */
  synchronized void onDeath(Runnable action) {
    onDeath = action;
  }

  /** What is done at {@link Way#GONE_BACK}, while nothing else of the run moves. */
  void onGoingBack(Runnable action) {
    goingBack = action;
  }

  /**
   * Something is about to leave the process.
   *
   * @return what is to be done to it
   * @throws EOFException where the run is dead
   */
  Way cross(String what) throws IOException {
    if (isAsleep() && what.startsWith("gateway:")) {
      // The process stands still, so it cannot have written this; its own clocks went on, though.
      throw new EOFException("asleep");
    }
    awaitWaking();
    synchronized (this) {
      if (dead) {
        throw new EOFException("dead");
      }
      if (what.equals("db: commit")) {
        committing.run();
      }
      crossed.add(what);
      if (crossed.size() != at) {
        return Way.PASS;
      }
      switch (way) {
        case BEFORE, UNWITNESSED -> die();
        case ASLEEP -> asleep.countDown();
        case GONE_BACK -> goBack();
        case PASS, AFTER, REPLY_LOST, LATE, CUT, DROPPED, DELAYED -> {}
      }
      return way;
    }
  }

  private void goBack() {
    try {
      goingBack.run();
    } catch (RuntimeException e) {
      broken = e;
    }
  }

  /** What went wrong with the test itself; null: nothing. */
  synchronized @Nullable RuntimeException broken() {
    return broken;
  }

  /** Returns once the run is not asleep; a reply, too, has to wait for that. */
  void awaitWaking() throws IOException {
    if (asleep.getCount() == 0) {
      sleep();
    }
  }

  private boolean isAsleep() {
    return asleep.getCount() == 0 && awake.getCount() > 0;
  }

  private void sleep() throws IOException {
    try {
      if (!awake.await(LONGEST_SLEEP_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("never thawed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** False where it did not fall asleep in time. */
  boolean awaitSleep(long milliseconds) throws InterruptedException {
    return asleep.await(milliseconds, TimeUnit.MILLISECONDS);
  }

  void thaw() {
    awake.countDown();
  }

  synchronized boolean tripped() {
    return at > 0 && crossed.size() >= at;
  }

  /** What it was that the run died at. */
  synchronized String point() {
    return tripped() ? crossed.get(at - 1) : "none";
  }

  synchronized List<String> crossed() {
    return List.copyOf(crossed);
  }

  /** Every socket is cut at once, and none is opened any more. */
  synchronized void die() {
    if (dead) {
      return;
    }
    dead = true;
    sockets.forEach(Tripwire::cut);
    sockets.clear();
    if (onDeath != null) {
      onDeath.run();
    }
  }

  synchronized boolean isDead() {
    return dead;
  }

  /** The socket ends with the run. */
  synchronized <T extends Socket> T opened(T socket) throws IOException {
    if (dead) {
      cut(socket);
      throw new EOFException("dead");
    }
    socket.setTcpNoDelay(true);
    sockets.add(socket);
    return socket;
  }

  /** The socket outlives the run: what it carries is on its way already. */
  synchronized void spare(Socket socket) {
    sockets.remove(socket);
  }

  static void cut(Socket socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // as it should be
    }
  }
}
