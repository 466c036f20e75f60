package billing.torture;

import billing.sandbox.MailFaults;
import java.io.IOException;
import java.time.Duration;

/**
 * Charges invoices with real processes for a given time, while everything around them is killed,
 * cut off, stalled and stopped; then lets normal runs drain what is left, and is judged.
 */
final class Torture implements AutoCloseable {

  private static final int NIGHTS = 12;

  private final World world;
  private final Harms harms;

  private Torture(String gateway, long seed) throws IOException {
    world = new World(gateway, seed);
    var operator = new Operator(world);
    harms = new Harms(world, operator, new Scenes(world));
  }

  /** Tortures for that long and one whole deck at least, drains and judges. */
  static Verdict run(String gateway, Duration time, long seed)
      throws IOException, InterruptedException {
    try (var torture = new Torture(gateway, seed)) {
      torture.world.enroll();
      torture.world.due(40);
      torture.torture(System.nanoTime() + time.toNanos());
      torture.drain();
      return Verdict.of(torture.world);
    }
  }

  private void torture(long until) throws IOException, InterruptedException {
    var random = world.random;
    while (System.nanoTime() < until || harms.decks() == 0) {
      world.runners.reap();
      if (world.runners.alive() == 0 || (world.runners.alive() < 3 && random.nextInt(6) == 0)) {
        world.runners.start(
            world.anyHost().settings(), "charge", "--wait", random.nextBoolean() ? "5s" : "0s");
      }
      Thread.sleep(200 + random.nextInt(800));
      harms.next();
    }
    world.runners.goOn();
  }

  /** Calm at last: normal runs until nothing is in doubt, as the nights after would do. */
  private void drain() throws IOException, InterruptedException {
    world.weather(World.CALM);
    world.around.mail().misbehave(MailFaults.NONE);
    world.hosts.forEach(host -> host.node().calm());
    for (int i = 0; i < NIGHTS; i++) {
      world.runners.goOn();
      var night = world.runners.start(world.main().settings(), "charge", "--wait", "1m");
      var code = world.runners.await(night);
      if (code == 0 || code == 4) {
        tell();
        return;
      }
    }
    throw new IllegalStateException(
        "still not drained after %d runs: %s".formatted(NIGHTS, world.main().settings()));
  }

  /** Hours later: what a sender that died had in hand, or put off, may be sent now. */
  private void tell() throws IOException, InterruptedException {
    world.sql(
        "UPDATE outbox_emails SET leased_until = NULL, leased_by = NULL, not_before = NULL"
            + " WHERE state = 'READY';");
    world.must(world.runners.start(world.main().settings(), "notify"));
  }

  @Override
  public void close() throws IOException {
    world.close();
  }
}
