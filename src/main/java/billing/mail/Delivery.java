package billing.mail;

/** What became of one letter. The words are one line, fit for a log and for the outbox. */
public sealed interface Delivery {

  /** The mail server took it. */
  record Sent() implements Delivery {}

  /**
   * Not now, or nobody knows: the next round sends it again, under the same Message-ID. The letters
   * after it may be tried.
   */
  record Later(String why) implements Delivery {}

  /** Refused for good, or no address to send it to. A repeat would change nothing. */
  record Undeliverable(String why) implements Delivery {}

  /** No letter would be taken: it waits, and so do all that follow in this round. */
  record ServerDown(String why) implements Delivery {}
}
