package billing.torture;

import billing.sandbox.MailFaults;
import billing.store.DatabaseProxy;
import billing.torture.Line.Way;
import billing.torture.World.Host;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What goes wrong, dealt from a deck that is shuffled when it is empty: in no order, and yet each
 * of them once a deck.
 */
final class Harms {

  /** One of them. */
  interface Harm {
    void strike() throws IOException, InterruptedException;
  }

  private static final String STORM =
      ",reset-before=0.03,error-before=0.01,error-after=0.01,reset-after=0.06,closed-after=0.03,silent-after=0.01,garbage=0.03"
          + ",truncated=0.03,unavailable=0.02,throttled=0.01,effect-late=0.02:150ms"
          + ",lookup.reset-after=0.05,lookup-fails=0.05,close.reset-after=0.1,seed=";

  private static final List<Set<Way>> WAYS =
      List.of(Set.of(Way.REQUESTS), Set.of(Way.REPLIES), Set.of(Way.REQUESTS, Way.REPLIES));

  private static final List<DatabaseProxy.Harm> LOSSES =
      List.of(
          DatabaseProxy.Harm.REQUEST_LOST,
          DatabaseProxy.Harm.REPLY_LOST,
          DatabaseProxy.Harm.REPLY_SWALLOWED);

  private static final Duration SOON = Duration.ofSeconds(8);

  private final World world;
  private final Operator operator;
  private final Scenes scenes;
  private final List<Harm> deck = new ArrayList<>();
  private int decks;

  Harms(World world, Operator operator, Scenes scenes) {
    this.world = world;
    this.operator = operator;
    this.scenes = scenes;
  }

  /** How many decks were dealt whole. */
  int decks() {
    return decks;
  }

  void next() throws IOException, InterruptedException {
    if (deck.isEmpty()) {
      deck.addAll(all());
      Collections.shuffle(deck, world.random);
    }
    deck.removeLast().strike();
    decks += deck.isEmpty() ? 1 : 0;
  }

  private List<Harm> all() {
    var all = new ArrayList<Harm>();
    add(all, 3, () -> world.count(Edge.RUNNER_KILLED, world.runners.kill(world.random)));
    add(all, 1, () -> databaseDies(Edge.DATABASE_KILLED));
    add(all, 1, this::bothDie);
    add(all, 3, () -> world.count(Edge.RUNNER_STOPPED, world.runners.signal(world.random, "STOP")));
    add(all, 2, world.runners::goOn);
    add(
        all,
        1,
        () -> world.count(Edge.RUNNER_TOLD_TO_STOP, world.runners.signal(world.random, "TERM")));
    add(all, 1, scenes::killLock);
    add(all, 2, this::commitIsLost);
    add(all, 2, () -> stall(world.anyHost(), Host::database, 500 + world.random.nextInt(3000)));
    add(all, 1, () -> stall(world.anyHost(), host -> world.door, 500 + world.random.nextInt(1000)));
    add(all, 1, () -> stall(world.main(), host -> world.mail, 500 + world.random.nextInt(3000)));
    add(all, 1, () -> world.weather(World.CALM));
    add(all, 1, () -> storm(World.CALM));
    add(all, 1, () -> storm(World.FORGETFUL));
    add(all, 1, () -> storm("key-life=4s,latency=20ms,lag=100ms,duplicate-window=2s"));
    add(all, 1, this::mailAway);
    add(all, 2, this::paidElsewhere);
    add(all, 1, () -> operator.decide(3));
    add(all, 2, () -> world.due(5 + world.random.nextInt(20)));
    all.addAll(scenes.all());
    return all;
  }

  private static void add(List<Harm> all, int times, Harm harm) {
    all.addAll(Collections.nCopies(times, harm));
  }

  private void databaseDies(Edge edge) throws InterruptedException {
    world.around.database().kill9();
    Thread.sleep(world.random.nextInt(1500));
    world.around.database().restart();
    world.count(edge, true);
  }

  private void bothDie() throws InterruptedException {
    var killed = world.runners.kill(world.random);
    databaseDies(killed ? Edge.BOTH_KILLED : Edge.DATABASE_KILLED);
  }

  private void commitIsLost() {
    var loss = LOSSES.get(world.random.nextInt(LOSSES.size()));
    world.anyHost().node().harm(loss, 1 + world.random.nextInt(20));
  }

  /** Bytes of a runner wait; then they go on, or are lost. */
  private void stall(Host host, Function<Host, Line> of, int millis)
      throws IOException, InterruptedException {
    var line = of.apply(host);
    world.due(5);
    world.runners.start(host, "charge", "--wait", "5s");
    line.hold(WAYS.get(world.random.nextInt(WAYS.size())));
    if (world.within(SOON, line::isWaiting)) {
      Thread.sleep(millis);
    }
    if (world.random.nextBoolean()) {
      line.cut();
    }
    line.release();
  }

  private void storm(String calm) {
    world.weather(calm + STORM + world.random.nextInt(1000));
  }

  private void mailAway() throws IOException, InterruptedException {
    var mail = world.around.mail();
    mail.misbehave(MailFaults.NONE.refusingConnections());
    var before = mail.connections();
    world.due(5);
    world.runners.start(world.main(), "charge", "--wait", "5s");
    world.count(Edge.MAIL_SERVER_AWAY, world.within(SOON, () -> mail.connections() > before));
    Thread.sleep(world.random.nextInt(2000));
    mail.misbehave(MailFaults.NONE.losingTheAnswerTo(to -> to.hashCode() % 7 == 0));
  }

  private void paidElsewhere() {
    var id =
        world.around.rows("SELECT id FROM invoices WHERE amount_due > 0 ORDER BY RAND() LIMIT 1");
    if (!id.isEmpty()) {
      world.sql("UPDATE invoices SET amount_due = 0 WHERE id = %s;".formatted(id.getFirst()));
      world.count(Edge.PAID_ELSEWHERE, true);
    }
  }
}
