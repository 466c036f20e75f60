package billing.gateway.nmi;

import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.GatewayReply.AccountRefused;
import billing.model.GatewayReply.Declined;
import billing.model.GatewayReply.Duplicate;
import billing.model.GatewayReply.NotCharged;
import billing.model.GatewayReply.NotCharged.Proof;
import billing.model.GatewayReply.OrderRefused;
import billing.model.GatewayReply.Unknown;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * NMI's result codes ("Response Codes", "Transaction Response Variables" of its integration
 * portal). The texts under code 300 are what gateways are known to say; their classes are ours.
 */
final class Codes {

  private static final Set<String> HARD =
      Set.of(
          "204", "220", "221", "222", "223", "224", "225", "226", "250", "251", "252", "253", "261",
          "262", "263");

  /** Pick up, lost, stolen, fraudulent: the payer must not learn it, he may be the thief. */
  private static final Set<String> KEPT_FROM_THE_PAYER = Set.of("250", "251", "252", "253");

  private static final List<String> ACCOUNT =
      List.of(
          "authentication failed",
          "invalid username",
          "security key",
          "api key",
          "your account",
          "merchant account",
          "not set up to use",
          "service not available",
          "invalid transaction type",
          "disabling duplicate check is not allowed");

  private static final List<String> CARD =
      List.of(
          "invalid credit card",
          "invalid card",
          "invalid expiration",
          "expired card",
          "card expired",
          "card is expired",
          "card has expired");

  private Codes() {}

  /** {@code response=2}, or a sale that the Query API shows as failed. */
  static Declined declined(String code, String text, @Nullable Echo echo, @Nullable Instant at) {
    var shown =
        text.isEmpty() || KEPT_FROM_THE_PAYER.contains(code) ? "The card was declined." : text;
    return new Declined(code, shown, HARD.contains(code), null, echo, at);
  }

  /**
   * {@code response=3}.
   *
   * @param hasTransaction whether the gateway filed something: then an unknown refusal may be more
   */
  static GatewayReply error(String code, String text, boolean hasTransaction, @Nullable Echo echo) {
    var words = code + " " + text;
    return switch (code) {
      case "300" -> rejected(text, hasTransaction, echo);
      case "301" -> new NotCharged(words, Proof.THROTTLED);
      case "410", "411", "440", "460" -> new AccountRefused(words);
      case "441" -> new OrderRefused(code, text);
      case "430" -> new Duplicate(words);
      case "461" -> new Declined(code, text, true, null, echo, null);
      // 400, 420, 421: the processor or the issuer may have done it before the line broke.
      default -> new Unknown("response 3, code " + words, false);
    };
  }

  static boolean isAboutTheAccount(String text) {
    var words = text.toLowerCase(Locale.ROOT);
    return ACCOUNT.stream().anyMatch(words::contains);
  }

  private static GatewayReply rejected(String text, boolean hasTransaction, @Nullable Echo echo) {
    var words = text.toLowerCase(Locale.ROOT);
    if (words.contains("duplicate transaction")) {
      return new Duplicate(text);
    }
    if (isAboutTheAccount(text)) {
      return new AccountRefused(text);
    }
    if (hasTransaction && CARD.stream().noneMatch(words::contains)) {
      return new Unknown("rejected, and yet filed: " + text, false);
    }
    // Words that nobody has told us of must not stop the night: five in a row are the account's.
    return CARD.stream().anyMatch(words::contains)
        ? new Declined("300", text, true, null, echo, null)
        : new OrderRefused("300", text);
  }
}
