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
  CANCELLED;

  /** Whether it holds no charge, is in no doubt and waits for nobody, as far as we know. */
  public boolean chargedNothing() {
    return switch (this) {
      case PENDING, DECLINED, CANCELLED -> true;
      case SENT, REVIEW, SETTLED -> false;
    };
  }
}
