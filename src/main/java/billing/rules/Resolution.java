package billing.rules;

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
}
