package billing.model;

/**
 * What a run must find in the fence row, or it has been fenced off.
 *
 * @param epoch the run's number
 * @param holder random, since numbers come back after a restore
 * @param seq how often this run has moved the fence
 */
public record Fence(long epoch, String holder, long seq) {

  public Fence moved(long to) {
    return new Fence(epoch, holder, to);
  }
}
