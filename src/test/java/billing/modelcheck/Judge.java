package billing.modelcheck;

import billing.model.AttemptState;
import billing.modelcheck.SimGateway.Txn;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** I5, I6 and I7, when everything has come to its end. */
final class Judge {

  private Judge() {}

  /** In words, what is not as promised; null: nothing. */
  static @Nullable String atTheEnd(World world) {
    for (var txn : world.gateway.approved()) {
      var payments =
          world.store.payments.stream().filter(p -> p.transactionId().equals(txn.id())).count();
      if (payments > 1) {
        return "I5: " + txn.id() + " is booked " + payments + " times";
      }
      if (payments == 0 && !isWithAPerson(world, txn)) {
        return "I5: " + txn.id() + " is approved, not booked, and with no person";
      }
    }
    for (var payment : world.store.payments) {
      if (!payment.transactionId().equals("other")
          && world.gateway.approved().stream()
              .noneMatch(t -> t.id().equals(payment.transactionId()))) {
        return "I5: " + payment.transactionId() + " is booked and was never approved";
      }
    }
    for (var bill : world.store.bills) {
      var paid =
          world.store.payments.stream()
              .filter(p -> p.invoiceId().equals(bill.id()))
              .mapToLong(SimStore.Payment::amount)
              .sum();
      if (bill.due() != World.AMOUNT - paid) {
        return "I5: invoice " + bill.id() + " owes " + bill.due() + " and has paid " + paid;
      }
    }
    return mails(world);
  }

  private static boolean isWithAPerson(World world, Txn txn) {
    var row = world.store.row(txn.key());
    return (row != null && row.attempt().state() == AttemptState.REVIEW)
        || world.store.differences.stream()
            .anyMatch(d ->
                d.difference().subject().equals(txn.key().value())
                    || Objects.equals(d.difference().invoiceId(), txn.order().invoiceId()));
  }

  private static @Nullable String mails(World world) {
    for (var row : world.store.rows) {
      var told = row.attempt().state() == AttemptState.SETTLED && !row.adopted();
      var mails = world.store.outbox.stream().filter(m -> m.key().equals(row.key())).toList();
      var accepted = mails.stream().filter(m -> m.kind().equals("ACCEPTED")).count();
      var declined = mails.stream().filter(m -> m.kind().equals("DECLINED")).count();
      if (accepted != (told ? 1 : 0)) {
        return "I7: " + accepted + " mails of the charge " + row.key();
      }
      if (declined != (row.attempt().state() == AttemptState.DECLINED && !row.adopted() ? 1 : 0)) {
        return "I7: " + declined + " mails of the decline " + row.key();
      }
    }
    return null;
  }

  /** Its elder was sent to an account that is enrolled no more: a person decides about that one. */
  static boolean waitsForAnotherAccount(World world, SimStore.Row row) {
    return row.attempt().state() == AttemptState.PENDING
        && world.store.elderInDoubt(row, -1).stream()
            .anyMatch(elder -> !elder.attempt().order().account().equals(world.store.account));
  }

  /** I6, in words: an invoice that is due and has nothing that says why; null: none. */
  static @Nullable String forgotten(World world) {
    for (var bill : world.store.bills) {
      if (bill.due() <= 0) {
        continue;
      }
      var explained =
          world.store.rows.stream()
                  .filter(r -> r.attempt().order().invoiceId().equals(bill.id()))
                  .anyMatch(r ->
                      waitsForAnotherAccount(world, r)
                          || switch (r.attempt().state()) {
                            case REVIEW -> true;
                            case DECLINED -> r.attempt().order().paymentRef().equals(bill.card());
                            case PENDING, SENT, SETTLED, CANCELLED -> false;
                          })
              || world.store.differences.stream()
                  .anyMatch(d -> bill.id().equals(d.difference().invoiceId()));
      if (!explained) {
        return "I6: invoice " + bill.id() + " is due and forgotten";
      }
    }
    return null;
  }
}
