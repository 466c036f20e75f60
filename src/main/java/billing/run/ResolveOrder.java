package billing.run;

import billing.model.ChargeKey;

/**
 * What a person decides.
 *
 * @param because the person's reason, kept with what it leads to
 */
public record ResolveOrder(Form form, String because) {
  /** The forms of {@code billing resolve}. */
  public sealed interface Form {}

  /** Those that keep another account from being pinned as long as nobody has said them. */
  public sealed interface Pinning extends Form {}

  /** On the person's word alone, since the gateway refuses the account that would be asked. */
  public record OnOneWord(Pinning pinning) implements Form {}

  /** That the attempt was charged, by this transaction. */
  public record Settled(ChargeKey key, String transactionId) implements Pinning {}

  /** That the attempt charged nothing, and never will. */
  public record NotCharged(ChargeKey key) implements Pinning {}

  /** That a SETTLED invoice is charged once more. */
  public record ChargeAgain(String invoiceId, boolean althoughNotRefunded) implements Form {}

  /** That a difference stays as it is. */
  public record Accept(long difference) implements Pinning {}

  /** That what was charged elsewhere was for something else. */
  public record ChargeIt(long difference) implements Form {}

  /** That what was charged elsewhere paid the invoice. */
  public record AlreadyPaid(long difference, String transactionId) implements Form {}

  /** That what is SETTLED is written into the app's books, which have lost it. */
  public record Book(long difference) implements Form {}

  /**
   * What becomes of the declines of a run that ended because there were too many, or of the letters
   * that a cure holds.
   *
   * @param tell true: their customers are told; false: they do not count
   */
  public record Declines(long run, boolean tell) implements Form {}
}
