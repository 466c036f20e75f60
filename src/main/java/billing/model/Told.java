package billing.model;

/** Whether a person was told of something, as of a difference. */
public enum Told {
  NOT,
  /** It waits for the person. */
  OPEN,
  /** The person said that it stays as it is. */
  ACCEPTED
}
