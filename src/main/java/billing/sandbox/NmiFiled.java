package billing.sandbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A transaction as NMI files it.
 *
 * @param apart whether refunds are filed as transactions of their own
 * @param refund whether this is one, of that charge
 */
record NmiFiled(Charge charge, boolean apart, boolean refund) {

  /** The transactions that a charge is filed as, in the order of their filing. */
  static List<NmiFiled> of(Charge charge, boolean apart) {
    var sale = new NmiFiled(charge, apart, false);
    return sale.isRefundedApart()
        ? List.of(sale, new NmiFiled(charge, apart, true))
        : List.of(sale);
  }

  private boolean isRefundedApart() {
    return apart && !charge.voided() && charge.reversedMinor() > 0;
  }

  String transactionId() {
    return refund ? refundOf(charge) : charge.transactionId();
  }

  static String refundOf(Charge charge) {
    return charge.transactionId() + "01";
  }

  /** A refund that is filed apart leaves its sale as it was. */
  Instant modified() {
    return !refund && isRefundedApart() ? charge.at() : charge.modified();
  }

  /** NMI's word for where a transaction stands. */
  String condition() {
    if (refund) {
      return "pendingsettlement";
    }
    return switch (charge.state()) {
      case HELD -> "in_progress";
      case AUTHORIZED -> charge.voided() ? "canceled" : "pending";
      case DECLINED -> "failed";
      case APPROVED ->
          charge.voided() ? "canceled" : charge.settled() ? "complete" : "pendingsettlement";
    };
  }

  List<String> actions() {
    if (refund) {
      return List.of("refund");
    }
    var actions = new ArrayList<>(List.of(charge.wire().getOrDefault("type", "sale")));
    if (actions.contains("auth") && charge.state() == Charge.State.APPROVED) {
      actions.add("capture");
    }
    if (charge.voided()) {
      actions.add("void");
    } else if (charge.reversedMinor() > 0 && !apart) {
      actions.add("refund");
    }
    if (charge.settled()) {
      actions.add("settle");
    }
    return actions;
  }
}
