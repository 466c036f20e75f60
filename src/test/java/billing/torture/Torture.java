package billing.torture;

import billing.sandbox.Charge;
import billing.sandbox.MailFaults;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Charges invoices with real processes for a given time, while everything around them is killed,
 * cut off, stalled and stopped; then lets normal runs drain what is left, and is judged.
 */
final class Torture implements AutoCloseable {

  private static final int NIGHTS = 15;
  private static final int ALL = 1000;
  private static final int AGAIN = 8;

  private final World world;
  private final Operator operator;
  private final Scenes scenes;
  private final Harms harms;

  private Torture(String gateway, long seed) throws IOException {
    world = new World(gateway, seed);
    operator = new Operator(world);
    scenes = new Scenes(world, operator);
    harms = new Harms(world, operator, scenes);
  }

  /**
   * Tortures for that long, one whole deck at least, and then on with what has not happened yet;
   * drains and judges.
   */
  static Verdict run(String gateway, Duration time, long seed, List<Edge> needed)
      throws IOException, InterruptedException {
    try (var torture = new Torture(gateway, seed)) {
      torture.world.enroll();
      torture.world.due(40);
      torture.torture(System.nanoTime() + time.toNanos());
      torture.bringAbout(needed);
      torture.drain();
      return Verdict.of(torture.world);
    }
  }

  private void torture(long until) throws IOException, InterruptedException {
    while (System.nanoTime() < until || harms.decks() == 0) {
      runOn();
      harms.next();
    }
    world.runners.goOn();
  }

  /** Chance has the last word in a deck: a host that must reconcile first turns a scene away. */
  private void bringAbout(List<Edge> needed) throws IOException, InterruptedException {
    for (int i = 0; i < AGAIN; i++) {
      var missing = Verdict.missing(world, needed);
      if (missing.isEmpty()) {
        return;
      }
      runOn();
      harms.again(missing.getFirst());
    }
  }

  /** There is a runner to be harmed, and no host left refused. */
  private void runOn() throws IOException, InterruptedException {
    var random = world.random;
    world.runners.reap();
    if (world.runners.alive() == 0 || (world.runners.alive() < 3 && random.nextInt(6) == 0)) {
      world.runners.start(world.anyHost(), "charge", "--wait", random.nextBoolean() ? "5s" : "0s");
    }
    heal();
    Thread.sleep(200 + random.nextInt(800));
  }

  private void heal() throws IOException, InterruptedException {
    var host = world.runners.refused();
    if (host.isPresent()) {
      operator.heal(host.get());
    }
  }

  /**
   * Calm at last: normal runs until nothing is in doubt and nothing waits for a person, as the
   * nights and days after would do.
   */
  private void drain() throws IOException, InterruptedException {
    world.weather(World.CALM);
    world.around.mail().misbehave(MailFaults.NONE);
    world.hosts.forEach(host -> host.node().calm());
    world.runners.goOn();
    scenes.refundedAndDueAgain();
    scenes.daysPass();
    for (int i = 0; i < NIGHTS; i++) {
      var night = world.runners.start(world.main(), "charge", "--wait", "1m");
      var code = world.runners.await(night);
      heal();
      if (operator.decide(ALL) == 0 && (code == 0 || code == 4) && nothingIsInDoubt()) {
        tell();
        return;
      }
      letTheGatewayDecide();
    }
    throw new IllegalStateException(
        "%s is still not drained after %d runs:%n%s%n%s"
            .formatted(world.gateway, NIGHTS, Verdict.open(world.around), world.runners.last(6)));
  }

  /** A run that needs a person ends with 4, whatever else is open. */
  private boolean nothingIsInDoubt() {
    var open = "SELECT COUNT(*) FROM shop.charge_attempts WHERE state = 'SENT'";
    return "0".equals(world.around.rows(open).getFirst());
  }

  /** A slow rail is done with everything in the end. */
  private void letTheGatewayDecide() {
    world.around.gateway().ledger().charges().stream()
        .filter(charge -> charge.state() == Charge.State.HELD)
        .forEach(world::decide);
  }

  /** Hours later: what a sender that died had in hand, or put off, may be sent now. */
  private void tell() throws IOException, InterruptedException {
    world.sql(
        "UPDATE outbox_emails SET leased_until = NULL, leased_by = NULL, not_before = NULL"
            + " WHERE state = 'READY';");
    world.must(world.runners.start(world.main(), "notify"));
  }

  @Override
  public void close() throws IOException {
    world.close();
  }
}
