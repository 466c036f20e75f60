package billing.model;

/** What may not fit between gateway, books and us. Each open one blocks its invoice. */
public enum DifferenceKind {
  CHARGED_ELSEWHERE,
  CHARGED_TWICE,
  UNKNOWN_HERE,
  UNKNOWN_THERE,
  UNBOOKED,
  AMOUNT,
  REVERSED,
  OVERPAID,
  DUE_AGAIN,
  NOT_CHARGEABLE,
  NOT_BOOKABLE
}
