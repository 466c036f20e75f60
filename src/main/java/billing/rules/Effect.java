package billing.rules;

import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.Decision;
import billing.model.Looked;
import billing.model.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the shell is to do. Each effect but Finish ends in one event. */
public sealed interface Effect {

  /** Read attempts that an earlier run left SENT → Recovered. */
  record ReadSent(@Nullable ChargeKey after, int limit) implements Effect {}

  /** Read the next page of due invoices and add what may be charged → Queued. */
  record Enqueue() implements Effect {}

  /** PENDING → SENT, re-checked under lock and fence → Claimed. */
  record Claim(int limit) implements Effect {}

  /** Read what stands before a sibling's claim → SiblingsRead. */
  record ReadSiblings(@Nullable ChargeKey after, int limit) implements Effect {}

  /** Ask for the money → Heard an Answer. */
  record Send(Attempt attempt) implements Effect {}

  /** Look up the charge key → Heard what was Found. */
  record Find(Attempt attempt, boolean afterDuplicate) implements Effect {}

  /** Cancel what could still become a charge → Heard the Closing. */
  record Close(Attempt attempt, String transactionId, Decision.No then) implements Effect {}

  /** Write noes and notes → Written. */
  record Write(List<Outcome> outcomes) implements Effect {}

  /** Book approvals → Booked. */
  record Book(List<Outcome> outcomes) implements Effect {}

  /** Write what looking up siblings brought to light → Marked. */
  record Mark(List<Looked> siblings) implements Effect {}

  /** Tell nobody of this run's declines before a person has decided → Held. */
  record HoldDeclines() implements Effect {}

  /** Nothing is left to do or to wait for. */
  record Finish() implements Effect {}
}
