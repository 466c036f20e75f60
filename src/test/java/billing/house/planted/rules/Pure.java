package billing.house.planted.rules;

/** Innocent, and known by somebody who must not. */
public record Pure() {}
