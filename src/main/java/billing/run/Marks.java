package billing.run;

import java.util.HashMap;
import java.util.Map;

/**
 * Which rows were seen, one bit a row: the numbers of rows lie close together, so ten million need
 * two megabytes. For one thread.
 */
final class Marks {

  private static final int BITS = 4096;

  private final Map<Long, long[]> blocks = new HashMap<>();

  void add(long id) {
    var bit = (int) Math.floorMod(id, (long) BITS);
    blocks
            .computeIfAbsent(Math.floorDiv(id, (long) BITS), block -> new long[BITS / 64])[
            bit / 64] |=
        1L << (bit % 64);
  }

  boolean has(long id) {
    var block = blocks.get(Math.floorDiv(id, (long) BITS));
    var bit = (int) Math.floorMod(id, (long) BITS);
    return block != null && (block[bit / 64] & 1L << (bit % 64)) != 0;
  }
}
