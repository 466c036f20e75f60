package billing.torture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An honest person, who looks at the gateway's own pages before every word. */
final class Operator {

  private final World world;

  Operator(World world) {
    this.world = world;
  }

  /** About all that waits for a person. */
  void decide() throws IOException, InterruptedException {
    for (var key : rows("SELECT charge_key FROM charge_attempts WHERE state = 'REVIEW'")) {
      review(key);
    }
    for (var id : rows("SELECT id FROM charge_differences WHERE state = 'OPEN'")) {
      world.count(Edge.ACCEPTED, said(List.of("resolve", "--difference", id, "--accept")));
    }
  }

  private void review(String key) throws IOException, InterruptedException {
    var charges =
        world.around.gateway().ledger().underKey(key).stream().filter(c -> c.standing()).toList();
    var words = new ArrayList<>(List.of("resolve", key));
    words.addAll(
        charges.isEmpty()
            ? List.of("--not-charged")
            : List.of("--settled", charges.getFirst().transactionId()));
    world.count(Edge.RESOLVED, said(words));
  }

  private List<String> rows(String query) {
    return world.around.rows(query);
  }

  private boolean said(List<String> words) throws IOException, InterruptedException {
    var args = new ArrayList<>(words);
    args.addAll(List.of("--because", "looked at the gateway", "--wait", "5s"));
    var runner = world.runners.start(world.main().settings(), args.toArray(new String[0]));
    return world.runners.await(runner) == 0;
  }
}
