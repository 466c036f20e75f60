package billing.rules;

import billing.model.Decision;
import billing.model.Sends;

/** A decision, and the evidence per send with the new answer in it. */
public record Ruling(Sends sends, Decision decision) {}
