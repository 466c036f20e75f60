package billing.model;

import org.jspecify.annotations.Nullable;

/**
 * What is asked of the gateway, frozen at the first send: a repeat asks for exactly the same.
 *
 * @param installation the id that {@code enroll} made; it travels along in clear
 * @param protocol the adapter's protocol version that the first send spoke
 */
public record Order(
    ChargeKey key,
    String invoiceId,
    int attemptNo,
    String installation,
    Money amount,
    @Nullable String customerRef,
    String paymentRef,
    @Nullable String description,
    Account account,
    int protocol) {

  /**
   * Whether it went to that account. Where the gateway tells no account's id, a change of accounts
   * began another installation.
   */
  public boolean wentTo(Account present, String presentInstallation) {
    return account.equals(present)
        && (present.id() != null || installation.equals(presentInstallation));
  }
}
