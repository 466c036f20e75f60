package billing.rules;

import billing.model.Attempt;
import billing.model.GatewayReply;
import billing.model.GatewayReply.AccountRefused;
import billing.model.GatewayReply.NotCharged;
import billing.model.GatewayReply.NotCharged.Proof;
import billing.model.GatewayReply.OrderRefused;
import billing.model.GatewayReply.Unknown;
import java.time.Instant;

/**
 * Counts what the gateway refuses in a row: what is not about one invoice ends the sending before
 * it ends the night.
 */
final class Strikes {

  private final RunState state;
  private final Instant now;

  Strikes(RunState state, Instant now) {
    this.state = state;
    this.now = now;
  }

  /** The reply to a send of this attempt. */
  void heard(GatewayReply reply, Attempt attempt) {
    switch (reply) {
      // We held it back ourselves, which says nothing about the gateway.
      case NotCharged(var why, var proof)
          when proof != Proof.THROTTLED && state.findings.contains(Finding.WITNESS) -> {}
      case NotCharged(var why, var proof) when proof == Proof.TOO_LATE -> tooLate(attempt);
      case NotCharged(var why, var proof) when proof != Proof.THROTTLED -> {
        state.proofsInARow++;
        if (state.proofsInARow >= Limits.PROOFS_IN_A_ROW) {
          state.findings.add(Finding.GATEWAY_UNREACHABLE);
        }
      }
      case NotCharged throttled -> throttled();
      case OrderRefused refused -> {
        state.orderRefusalsInARow++;
        if (state.orderRefusalsInARow >= Limits.ORDER_REFUSALS_IN_A_ROW) {
          state.findings.add(Finding.ORDERS_REFUSED);
        }
      }
      case AccountRefused refused -> state.findings.add(Finding.ACCOUNT_REFUSED);
      case Unknown unknown -> {}
      case GatewayReply.Approved a -> wentWell();
      case GatewayReply.Declined d -> wentWell();
      case GatewayReply.Processing p -> wentWell();
      case GatewayReply.Undecided u -> wentWell();
      case GatewayReply.Closed c -> wentWell();
      case GatewayReply.Duplicate d -> wentWell();
      case GatewayReply.DuplicateOf d -> wentWell();
      case GatewayReply.Reversed r -> wentWell();
      case GatewayReply.Conflict c -> wentWell();
      case GatewayReply.NotFound n -> wentWell();
    }
  }

  /** Many sends are under way when a gateway begins to throttle: together they are one strike. */
  private void throttled() {
    if (state.heldUntil == null || !now.isBefore(state.heldUntil)) {
      state.throttlesInARow++;
      state.heldUntil = now.plus(Limits.backOff(state.throttlesInARow));
      if (state.throttlesInARow >= Limits.THROTTLES_IN_A_ROW) {
        state.findings.add(Finding.THROTTLED);
      }
    }
  }

  /**
   * A gateway slower than a permit lasts keeps sends waiting for a place. That is no strike: from
   * then on no more is claimed than there are places free. One that comes too late all the same
   * waited for something else, which may go on like that all night.
   */
  private void tooLate(Attempt attempt) {
    if (state.slowSince == null) {
      state.slowSince = now;
    } else if (AttemptRules.lastSent(attempt).isAfter(state.slowSince)) {
      state.lateInARow++;
      if (state.lateInARow >= Limits.PROOFS_IN_A_ROW) {
        state.findings.add(Finding.SENDS_TOO_LATE);
      }
    }
  }

  private void wentWell() {
    state.lateInARow = 0;
    state.proofsInARow = 0;
    state.orderRefusalsInARow = 0;
    state.throttlesInARow = 0;
  }
}
