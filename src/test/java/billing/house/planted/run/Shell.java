package billing.house.planted.run;

/** Innocent, and known by somebody who must not. */
public record Shell() {}
