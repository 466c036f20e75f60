package billing.sandbox;

import billing.model.Money;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One try to take money, as the gateway has it. All of it comes from the wire or from the gateway.
 *
 * @param id the ledger's own, unique
 * @param transactionId by which the merchant calls it; several tries of one Stripe intent share it
 * @param key the idempotency key or order reference; null where the request had none
 * @param invoice the invoice that the request names; the key where it names none
 * @param card the stored payment method
 * @param code the gateway's own word for the outcome
 * @param reversedMinor what was given back since, in minor units; all of it after a void
 * @param settled whether the day's batch was cut off after it, so that it can be voided no more
 * @param at when the money moved, or was authorized, on the gateway's clock; UTC
 * @param modified when anything about it changed last; UTC
 * @param wire further fields of the request that the gateway gives back; never a key
 */
public record Charge(
    String id,
    String transactionId,
    Merchant merchant,
    String door,
    @Nullable String key,
    String invoice,
    Money amount,
    @Nullable String customer,
    String card,
    State state,
    String code,
    String text,
    long reversedMinor,
    boolean voided,
    boolean settled,
    Instant at,
    Instant modified,
    Map<String, String> wire) {

  /** What became of it. */
  public enum State {
    APPROVED,
    DECLINED,
    /** Accepted and not decided: in a person's hands, or on a slow rail. */
    HELD,
    /** The amount is held on the card, until it is captured or voided. */
    AUTHORIZED
  }

  /** Whether the customer has paid by it and not got everything back. */
  public boolean standing() {
    return state == State.APPROVED && reversedMinor < amount.minor();
  }

  Charge reversed(long minor, boolean whole, Instant now) {
    return changed(amount, state, code, text, minor, whole, settled, now);
  }

  Charge decided(State outcome, String outcomeCode, String outcomeText, Instant now) {
    return changed(amount, outcome, outcomeCode, outcomeText, reversedMinor, voided, settled, now);
  }

  /** Of an authorization no more than its amount is taken. */
  Charge captured(Money taken, Instant now) {
    return changed(taken, State.APPROVED, code, text, reversedMinor, voided, settled, now);
  }

  Charge cutOff(Instant now) {
    return changed(amount, state, code, text, reversedMinor, voided, true, now);
  }

  /** The same try, by whatever can become of one. */
  private Charge changed(
      Money taken,
      State outcome,
      String outcomeCode,
      String outcomeText,
      long minor,
      boolean whole,
      boolean past,
      Instant now) {
    return new Charge(
        id,
        transactionId,
        merchant,
        door,
        key,
        invoice,
        taken,
        customer,
        card,
        outcome,
        outcomeCode,
        outcomeText,
        minor,
        whole,
        past,
        at,
        now,
        wire);
  }
}
