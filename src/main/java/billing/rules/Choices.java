package billing.rules;

import billing.model.ChargeKey;
import billing.model.DifferenceKind;
import java.util.List;

/** What a person can say of a difference, by its kind: the table of docs/operations.md. */
public final class Choices {

  /** One of them. */
  public enum Choice {
    /** It stays as it is; no money moves because of it. */
    ACCEPT,
    /** That charge was for something else, or what made the gateway refuse is mended. */
    CHARGE_IT,
    /** That charge paid the invoice: it is adopted and booked. */
    ALREADY_PAID,
    /** What is SETTLED is written into the app's books, which have lost it. */
    BOOK,
    /** The SETTLED attempt is released, so that the invoice is charged once more. */
    CHARGE_AGAIN
  }

  private Choices() {}

  /**
   * In the order in which they are offered; empty: it goes when its cause is mended.
   *
   * @param subject what it is about: where a charge that was booked was given back, its key
   * @param judged whether every run judges it anew, from the invoice alone
   */
  public static List<Choice> of(DifferenceKind kind, String subject, boolean judged) {
    return switch (kind) {
      // Accepting would leave open whether it is charged, so the choice is spelled out.
      case CHARGED_ELSEWHERE -> List.of(Choice.ALREADY_PAID, Choice.CHARGE_IT);
      case UNBOOKED -> List.of(Choice.BOOK, Choice.ACCEPT);
      case DUE_AGAIN -> List.of(Choice.CHARGE_AGAIN, Choice.ACCEPT);
      // A late approval that was given back, and so never booked, leaves nothing to be released.
      case REVERSED ->
          ChargeKey.isOne(subject)
              ? List.of(Choice.CHARGE_AGAIN, Choice.ACCEPT)
              : List.of(Choice.ACCEPT);
      // What the gateway refused it may take once its account is mended: no run can see that.
      case NOT_CHARGEABLE ->
          judged ? List.of(Choice.ACCEPT) : List.of(Choice.CHARGE_IT, Choice.ACCEPT);
      case CHARGED_TWICE, UNKNOWN_HERE, UNKNOWN_THERE, AMOUNT, OVERPAID -> List.of(Choice.ACCEPT);
      case NOT_BOOKABLE -> List.of();
    };
  }
}
