package billing.run;

import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the gateway makes of the first request for one of the two invoices; the other is good. */
enum CrashOutcome {
  APPROVED("pm_card_visa", "V", Kind.NONE, "SETTLED"),
  SOFT_DECLINE("pm_card_chargeDeclinedInsufficientFunds", "V-DECLINE-202-", Kind.NONE, "DECLINED"),
  HARD_DECLINE("pm_card_chargeDeclinedStolenCard", "V-DECLINE-252-", Kind.NONE, "DECLINED"),
  CUSTOMER_NEEDED("pm_card_authenticationRequired", null, Kind.NONE, "DECLINED"),
  ORDER_REFUSED("pm_missing", "V-MISSING-", Kind.NONE, "CANCELLED, REVIEW"),
  PROCESSING("pm_usBankAccount_processing", null, Kind.NONE, "SETTLED"),
  HELD(null, "V-HELD-", Kind.NONE, "SETTLED, REVIEW"),
  TWINS(null, "V-SAME", Kind.NONE, "SETTLED, REVIEW"),
  DECLINED_AT_FIRST(Kind.DECLINE, "DECLINED, SETTLED"),
  THROTTLED(Kind.THROTTLED, "SETTLED"),
  HTTP_429(Kind.HTTP_429, "SETTLED"),
  UNAVAILABLE(Kind.UNAVAILABLE, "SETTLED"),
  DUPLICATE(Kind.DUPLICATE, "SETTLED, DECLINED"),
  REPEATED(Kind.REPEATED, "SETTLED"),
  ERROR_BEFORE(Kind.ERROR_BEFORE, "SETTLED, REVIEW"),
  ERROR_AFTER(Kind.ERROR_AFTER, "SETTLED"),
  ERROR_ROLLED_FORWARD(Kind.ERROR_ROLLED_FORWARD, "SETTLED"),
  UNSURE_BEFORE(Kind.UNSURE_BEFORE, "SETTLED, REVIEW"),
  UNSURE_AFTER(Kind.UNSURE_AFTER, "SETTLED"),
  RESET_BEFORE(Kind.RESET_BEFORE, "SETTLED"),
  RESET_AFTER(Kind.RESET_AFTER, "SETTLED"),
  SILENT_AFTER(Kind.SILENT_AFTER, "SETTLED"),
  GARBAGE(Kind.GARBAGE, "SETTLED"),
  TRUNCATED(Kind.TRUNCATED, "SETTLED"),
  EFFECT_LATE(Kind.EFFECT_LATE, "SETTLED");

  /** Of what takes effect late. */
  private static final Duration DELAY = Duration.ofMillis(150);

  private final @Nullable String stripeCard;
  private final @Nullable String nmiCard;
  private final Kind fault;
  private final String ends;

  CrashOutcome(@Nullable String stripeCard, @Nullable String nmiCard, Kind fault, String ends) {
    this.stripeCard = stripeCard;
    this.nmiCard = nmiCard;
    this.fault = fault;
    this.ends = ends;
  }

  CrashOutcome(Kind fault, String ends) {
    this("pm_card_visa", "V", fault, ends);
  }

  /** What strikes the first request for it. */
  Fault fault() {
    return Fault.of(fault, DELAY);
  }

  /** How its attempt may end. */
  Set<String> ends() {
    return Set.of(ends.split(", "));
  }

  /** Null where the gateway knows no such outcome. */
  @Nullable String card(String kind) {
    return kind.equals("stripe") ? stripeCard : nmiCard;
  }

  /** Whether there is such a thing at this gateway. */
  boolean fits(String kind, boolean remembers) {
    return card(kind) != null && (remembers || (this != TWINS && this != REPEATED));
  }
}
