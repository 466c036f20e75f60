package billing.model;

/**
 * Where an attempt stands. The table of legal transitions is enforced by the database's trigger.
 */
public enum AttemptState {
  PENDING,
  SENT,
  SETTLED,
  DECLINED,
  REVIEW,
  CANCELLED
}
