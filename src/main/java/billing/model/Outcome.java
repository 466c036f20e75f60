package billing.model;

/**
 * A decision about one attempt, ready to be written under its key and send number.
 *
 * @param sends the evidence per send with this answer in it
 * @param evidence the answer in words, for the history; never a secret
 */
public record Outcome(ChargeKey key, int sendNo, Sends sends, Decision decision, String evidence) {}
