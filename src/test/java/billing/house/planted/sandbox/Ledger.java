package billing.house.planted.sandbox;

/** Innocent, and known by somebody who must not. */
public record Ledger() {}
