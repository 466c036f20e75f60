package billing.rules;

import billing.model.Attempt;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a person may decide so, given what the database and the gateway say.
 *
 * @param <T> what is to be done where it may
 */
public sealed interface Resolution<T> {

  /**
   * It may be done.
   *
   * @param says the gateway's answer in words, for the record
   */
  record Allowed<T>(T what, String says) implements Resolution<T> {}

  /** It was done before: nothing is left to do. */
  record Done<T>(String what) implements Resolution<T> {}

  /**
   * The state of things, or the gateway, is against it.
   *
   * @param instead what can be done; a command, or words
   */
  record Refused<T>(String why, String instead) implements Resolution<T> {}

  /** The gateway did not answer the question on which it hangs. */
  record NoAnswer<T>(String why) implements Resolution<T> {}

  /**
   * Refused as long as a send of the attempt could still take effect unseen.
   *
   * @param from when none can any more
   * @param gateway where it went
   * @param then what can be done from then on
   */
  static <T> Optional<Resolution<T>> tooEarly(
      Attempt attempt, Instant from, Instant now, String gateway, String then) {
    return now.isBefore(from)
        ? Optional.of(
            new Refused<>(
                "%s may still take effect at %s until %s".formatted(attempt.key(), gateway, from),
                then))
        : Optional.empty();
  }
}
