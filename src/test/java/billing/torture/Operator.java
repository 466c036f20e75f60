package billing.torture;

import billing.sandbox.Charge;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** An honest person, who looks at the gateway's own pages before every word. */
final class Operator {

  private static final int TRIES = 12;
  private static final int LOCKED = 5;
  private static final Duration A_WHILE = Duration.ofSeconds(2);

  private final World world;

  Operator(World world) {
    this.world = world;
  }

  /**
   * About what waits for a person.
   *
   * @param most decisions at once
   * @return how many were taken
   */
  int decide(int most) throws IOException, InterruptedException {
    var taken = 0;
    for (var key :
        rows("SELECT charge_key FROM charge_attempts WHERE state = 'REVIEW' LIMIT " + most)) {
      taken += review(key) ? 1 : 0;
    }
    for (var difference :
        rows(
            "SELECT CONCAT_WS('|', id, kind, COALESCE(invoice_id, '')) FROM charge_differences"
                + " WHERE state = 'OPEN' LIMIT "
                + most)) {
      var parts = difference.split("\\|", -1);
      taken += difference(parts[0], parts[1], parts[2]) ? 1 : 0;
    }
    for (var run : rows("SELECT run_no FROM billing_runs WHERE declines = 'HELD' LIMIT " + most)) {
      // Twice is better than never: a letter bears the same Message-ID again.
      taken += said("resolve", "--run", run, "--tell") ? 1 : 0;
    }
    return taken;
  }

  private boolean review(String key) throws IOException, InterruptedException {
    letTheGatewayDecide(key);
    var charged = charges(key).stream().filter(Charge::standing).findFirst();
    if (charged.isPresent()) {
      var settled = said("resolve", key, "--settled", charged.get().transactionId());
      world.count(Edge.RESOLVED_SETTLED, settled);
      return settled;
    }
    var cancelled = said("resolve", key, "--not-charged");
    world.count(Edge.RESOLVED_NOT_CHARGED, cancelled);
    return cancelled;
  }

  /** What is held there is asked about by telephone. */
  private void letTheGatewayDecide(String key) {
    for (var charge : charges(key)) {
      if (charge.state() == Charge.State.HELD) {
        world.decide(charge);
      }
    }
  }

  private boolean difference(String id, String kind, String invoice)
      throws IOException, InterruptedException {
    return switch (kind) {
      case "NOT_BOOKABLE" -> world.reenter() > 0;
      case "UNKNOWN_HERE" -> unknownHere(id, invoice);
      case "UNBOOKED" -> said("resolve", "--difference", id, "--book");
      case "DUE_AGAIN", "REVERSED" ->
          (isDue(invoice)
                  && counted(Edge.CHARGED_AGAIN, "resolve", "--invoice", invoice, "--charge-again"))
              || counted(Edge.ACCEPTED, "resolve", "--difference", id, "--accept");
      case "CHARGED_TWICE" ->
          counted(Edge.ACCEPTED, "resolve", "--difference", id, "--accept") || reconciled(id);
      default -> counted(Edge.ACCEPTED, "resolve", "--difference", id, "--accept");
    };
  }

  /**
   * What was forgotten is accepted too soon by somebody in a hurry, who is refused where it may
   * stand; decided there; and then booked, or accepted where it is not.
   */
  private boolean unknownHere(String id, String invoice) throws IOException, InterruptedException {
    if (counted(Edge.ACCEPTED, "resolve", "--difference", id, "--accept")) {
      return true;
    }
    world.around.gateway().ledger().charges().stream()
        .filter(charge -> charge.invoice().equals(invoice) && charge.state() == Charge.State.HELD)
        .forEach(world::decide);
    return reconciled(id) || counted(Edge.ACCEPTED, "resolve", "--difference", id, "--accept");
  }

  /** Where charges cannot be booked since their invoices were lost with a restored database. */
  private void mend(Runners.Runner run) throws IOException {
    if (Runners.said(run, "could not be booked")) {
      world.reenter();
    }
  }

  /** Whether it is gone once all charges of the last hour were compared. */
  private boolean reconciled(String difference) throws IOException, InterruptedException {
    world.runners.await(
        world.runners.start(world.main(), "reconcile", "--since", "1h", "--wait", "5s"));
    var open = "SELECT id FROM charge_differences WHERE state = 'OPEN' AND id = " + difference;
    return rows(open).isEmpty();
  }

  private boolean isDue(String invoice) {
    return world.around.count(
            "SELECT COUNT(*) FROM invoices WHERE amount_due > 0 AND id = " + invoice)
        > 0;
  }

  /** Somebody who cannot wait for the next run: what is in doubt and stands there is charged. */
  void settleByHand(List<String> keys) throws IOException, InterruptedException {
    for (var key : keys) {
      review(key);
    }
  }

  /**
   * Does what a refused run asks for, and wakes the one that sleeps on the lock; fails where that
   * host is refused to the end.
   */
  void heal(World.Host host) throws IOException, InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      var cure = world.runners.start(host, "reconcile", "--wait", "20s");
      var code = world.runners.await(cure);
      world.count(Edge.CURED, Runners.said(cure, "  cured "));
      mend(cure);
      if (code == LOCKED) {
        world.runners.goOn();
      }
      if (Set.of(0, 3, 4).contains(code) && !Runners.said(cure, "too early")) {
        return;
      }
      Thread.sleep(A_WHILE);
    }
    throw new IllegalStateException("not reconciled in " + TRIES + " tries: " + host.settings());
  }

  private boolean counted(Edge edge, String... words) throws IOException, InterruptedException {
    var done = said(words);
    world.count(edge, done);
    return done;
  }

  private boolean said(String... words) throws IOException, InterruptedException {
    var args = new ArrayList<>(List.of(words));
    args.addAll(List.of("--because", "looked at the gateway", "--wait", "5s"));
    var runner = world.runners.start(world.main(), args.toArray(new String[0]));
    return world.runners.await(runner) == 0;
  }

  private List<Charge> charges(String key) {
    return world.around.gateway().ledger().underKey(key);
  }

  private List<String> rows(String query) {
    return world.around.rows(query);
  }
}
