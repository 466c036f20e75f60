package billing.model;

/** Where a charge key leads back to: which try to charge which invoice it names. */
public record Lead(ChargeKey key, String invoiceId, int attemptNo) {}
