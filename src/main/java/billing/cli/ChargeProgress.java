package billing.cli;

import billing.rules.RunState;
import java.time.Duration;
import java.util.function.Consumer;

/** What a run is at, in one line, a few times a second. */
final class ChargeProgress implements Consumer<RunState> {

  private static final Duration BETWEEN = Duration.ofMillis(200);

  private final ProgressLine line;
  private final long startedAt = System.nanoTime();
  private long shownAt = startedAt;

  ChargeProgress(ProgressLine line) {
    this.line = line;
  }

  @Override
  public void accept(RunState state) {
    var now = System.nanoTime();
    if (now - shownAt < BETWEEN.toNanos()) {
      return;
    }
    shownAt = now;
    var seconds = Math.max(1, (now - startedAt) / 1_000_000_000);
    line.show(
        "charging  %,d done  %,d/s  %d under way  %d in doubt"
            .formatted(
                state.outcomes(), state.outcomes() / seconds, state.underWay(), state.doubts()));
  }
}
