package billing.store;

import billing.model.AdoptionVerdict.Adopt;
import billing.model.Invoice;
import billing.model.Listed;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The row of an adopted attempt: its components are the columns of its statement, in their order.
 */
public record AdoptedAttempt(
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
    String transaction,
    String asOf,
    int declinesBefore,
    @Nullable String firstDeclinedOn,
    long runNo,
    String createdAt,
    String firstSentAt,
    String lastSentAt,
    int sendNo,
    String sends,
    int adopted,
    String evidence,
    @Nullable String invoiceRow) {

  static final List<String> COLUMNS =
      Arrays.stream(AdoptedAttempt.class.getRecordComponents())
          .map(RecordComponent::getName)
          .toList();

  /**
   * One send, unanswered, at the time of the gateway's own record.
   *
   * @param due its invoice, for the mail; null where it is not due
   */
  static AdoptedAttempt of(
      Adopt adopt, Listed listed, @Nullable Invoice due, String evidence, long runNo, String now) {
    var order = adopt.order();
    var account = order.account();
    var at = Times.text(listed.at());
    return new AdoptedAttempt(
        order.invoiceId(),
        order.attemptNo(),
        "SENT",
        order.amount().major(),
        order.amount().minor(),
        order.amount().currency().code(),
        order.customerRef(),
        order.paymentRef(),
        order.description(),
        account.gateway(),
        AccountColumns.id(account),
        account.live() ? 1 : 0,
        order.protocol(),
        order.installation(),
        order.key().value(),
        listed.transactionId(),
        adopt.asOf().toString(),
        adopt.declinesBefore(),
        Objects.toString(adopt.firstDeclinedOn(), null),
        runNo,
        now,
        at,
        at,
        1,
        "?",
        1,
        evidence,
        due == null ? null : Invoices.kept(due));
  }
}
