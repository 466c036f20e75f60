package billing.store;

import billing.model.Fence;

/**
 * The mark that a cure leaves: a fence above every run of the lost time, and a run's row.
 *
 * @param heldLetters how many letters of the restored outbox wait as that run's for a person
 */
public record Cured(Fence fence, int heldLetters) {}
