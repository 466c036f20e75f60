package billing.store;

import billing.model.Admission;
import billing.model.ChargeKey;
import billing.model.Invoice;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The row of a new attempt: its components are the columns of its statement, in their order. */
public record NewAttempt(
    String invoiceId,
    int attemptNo,
    String state,
    BigDecimal amount,
    long amountMinor,
    String currency,
    @Nullable String customerRef,
    @Nullable String paymentRef,
    @Nullable String description,
    String gateway,
    String accountId,
    int liveMode,
    int protocol,
    String installation,
    String chargeKey,
    String asOf,
    int declinesBefore,
    @Nullable String firstDeclinedOn,
    long runNo,
    String createdAt) {

  static final List<String> COLUMNS =
      Arrays.stream(NewAttempt.class.getRecordComponents()).map(RecordComponent::getName).toList();

  static NewAttempt of(
      Invoice invoice,
      Admission.Enqueue admitted,
      Installation installation,
      int protocol,
      LocalDate asOf,
      long runNo,
      String now) {
    var amount = admitted.amount();
    var account = installation.account();
    var key = ChargeKey.of(installation.prefix(), invoice.id(), admitted.attemptNo());
    return new NewAttempt(
        invoice.id(),
        admitted.attemptNo(),
        "PENDING",
        amount.major(),
        amount.minor(),
        amount.currency().code(),
        invoice.customerRef(),
        invoice.paymentRef(),
        invoice.description(),
        account.gateway(),
        AccountColumns.id(account),
        account.live() ? 1 : 0,
        protocol,
        installation.id(),
        key.value(),
        asOf.toString(),
        admitted.declinesBefore(),
        Objects.toString(admitted.firstDeclinedOn(), null),
        runNo,
        now);
  }
}
