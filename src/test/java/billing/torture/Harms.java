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

  /**
   * A card of the deck.
   *
   * @param edge what it is there to bring about, if the runs let it
   */
  record Card(Edge edge, Harm harm) {}

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
  private final List<Card> deck = new ArrayList<>();
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
    deck.removeLast().harm().strike();
    decks += deck.isEmpty() ? 1 : 0;
  }

  /** Strikes once more what brings that edge about, or else whatever is dealt next. */
  void again(Edge edge) throws IOException, InterruptedException {
    var card = all().stream().filter(one -> one.edge() == edge).findFirst();
    if (card.isPresent()) {
      card.get().harm().strike();
    } else {
      next();
    }
  }

  private List<Card> all() {
    var all = new ArrayList<Card>();
    add(all, 3, Edge.RUNNER_KILLED, this::runnerDies);
    add(all, 1, Edge.DATABASE_LOST, () -> databaseDies(Edge.DATABASE_KILLED));
    add(all, 1, Edge.BOTH_KILLED, this::bothDie);
    add(all, 3, Edge.RUNNER_STOPPED, () -> signal("STOP", Edge.RUNNER_STOPPED));
    add(all, 2, Edge.RUNNER_STOPPED, world.runners::goOn);
    add(all, 1, Edge.RUNNER_TOLD_TO_STOP, () -> signal("TERM", Edge.RUNNER_TOLD_TO_STOP));
    add(all, 1, Edge.LOCK_KILLED, scenes::killLock);
    add(all, 2, Edge.COMMIT_AMBIGUOUS, this::commitIsLost);
    add(all, 2, Edge.DATABASE_STALLED, () -> stall(world.anyHost(), Host::database, 3000));
    add(all, 1, Edge.GATEWAY_STALLED, () -> stall(world.anyHost(), host -> world.door, 1000));
    add(all, 1, Edge.MAIL_STALLED, () -> stall(world.main(), host -> world.mail, 3000));
    add(all, 1, Edge.FOUND_BY_LOOKUP, () -> storm(World.CALM));
    add(all, 1, Edge.FOUND_BY_LOOKUP, () -> world.weather(World.CALM));
    add(all, 1, Edge.SENT_AGAIN, () -> storm(World.FORGETFUL));
    add(all, 1, Edge.DUPLICATE_REFUSED, () -> storm(World.REFUSING));
    add(all, 1, Edge.MAIL_SERVER_AWAY, this::mailAway);
    add(all, 2, Edge.PAID_ELSEWHERE, this::paidElsewhere);
    add(all, 1, Edge.RESOLVED_NOT_CHARGED, () -> operator.decide(3));
    add(all, 2, Edge.DECLINED, () -> world.due(5 + world.random.nextInt(20)));
    all.addAll(scenes.all());
    return all;
  }

  private static void add(List<Card> all, int times, Edge edge, Harm harm) {
    all.addAll(Collections.nCopies(times, new Card(edge, harm)));
  }

  private void runnerDies() {
    world.count(Edge.RUNNER_KILLED, world.runners.kill(world.random));
  }

  private void signal(String signal, Edge edge) throws IOException, InterruptedException {
    world.count(edge, world.runners.signal(world.random, signal));
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
  private void stall(Host host, Function<Host, Line> of, int atMost)
      throws IOException, InterruptedException {
    var line = of.apply(host);
    world.due(5);
    world.runners.start(host, "charge", "--wait", "5s");
    line.hold(WAYS.get(world.random.nextInt(WAYS.size())));
    if (world.within(SOON, line::isWaiting)) {
      Thread.sleep(500 + world.random.nextInt(atMost));
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
    var due = world.around.rows("SELECT id FROM invoices WHERE amount_due > 0 ORDER BY id");
    if (!due.isEmpty()) {
      var id = due.get(world.random.nextInt(due.size()));
      world.sql("UPDATE invoices SET amount_due = 0 WHERE id = %s;".formatted(id));
      world.count(Edge.PAID_ELSEWHERE, true);
    }
  }
}
