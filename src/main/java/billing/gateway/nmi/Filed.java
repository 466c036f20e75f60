package billing.gateway.nmi;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A transaction as the Query API shows it: its own elements, and a map for each thing done to it
 * (sale, settle, refund, void), in which the money is. A missing element is an empty text.
 */
record Filed(Map<String, String> elements, List<Map<String, String>> actions) {

  /** As the Query API spells a time; UTC. */
  static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMddHHmmss");

  private static final Set<String> TAKING = Set.of("sale", "capture", "offline");
  private static final Set<String> GIVING_BACK = Set.of("void", "refund", "credit", "return");

  String id() {
    return element("transaction_id");
  }

  String orderId() {
    return element("order_id");
  }

  String condition() {
    return element("condition");
  }

  /** The charge key under which it was sent: both fields that we fill are asked. */
  String chargeKey() {
    return orderId().isEmpty() ? element("merchant_defined_field_1") : orderId();
  }

  /** Of the stored card; reports call it {@code customerid}. */
  String vaultId() {
    var vault = element("customer_vault_id");
    return vault.isEmpty() ? element("customerid") : vault;
  }

  String element(String name) {
    return elements.getOrDefault(name, "");
  }

  List<Map<String, String>> sales(boolean success) {
    var outcome = success ? "1" : "0";
    return actions.stream()
        .filter(action -> "sale".equals(action.get("action_type")))
        .filter(action -> outcome.equals(action.get("success")))
        .toList();
  }

  /** A capture is how somebody else's sale in two steps takes the money. */
  List<Map<String, String>> takings(boolean success) {
    return actions.stream()
        .filter(action -> TAKING.contains(action.getOrDefault("action_type", "")))
        .filter(action -> succeeded(action) == success)
        .toList();
  }

  /** What decides about a transaction, the weightiest first. */
  List<Map<String, String>> movements() {
    return Stream.of(takings(true), holds(true), takings(false), holds(false))
        .flatMap(List::stream)
        .toList();
  }

  /** A card was only validated. */
  boolean isHarmless() {
    return !actions.isEmpty()
        && actions.stream().allMatch(action -> "validate".equals(action.get("action_type")));
  }

  /**
   * A payment page that its customer left. Of a sale of ours it would contradict itself, so that
   * only a transaction that is asked for by its own id, or listed, is taken at this word.
   */
  boolean isAbandoned() {
    return condition().equals("abandoned") && takings(true).isEmpty() && holds(true).isEmpty();
  }

  /** What holds an amount on a card and takes none of it yet. */
  List<Map<String, String>> holds(boolean success) {
    return actions.stream()
        .filter(action -> "auth".equals(action.get("action_type")) && succeeded(action) == success)
        .toList();
  }

  /** The amounts that went back, each without its sign. */
  List<String> givenBack() {
    return actions.stream()
        .filter(Filed::succeeded)
        .filter(action -> givesBack(action.getOrDefault("action_type", "")))
        .map(action -> action.getOrDefault("amount", "").replaceFirst("^-", ""))
        .toList();
  }

  /** The transaction that a refund gives back, where the report says it. */
  String originalId() {
    return element("original_transaction_id");
  }

  long countSales() {
    return actions.stream().filter(action -> "sale".equals(action.get("action_type"))).count();
  }

  /** Whether it is no mere refund: to take money was tried, or to hold it. */
  boolean hasCharge() {
    return actions.stream()
        .map(action -> action.getOrDefault("action_type", ""))
        .anyMatch(type -> TAKING.contains(type) || type.equals("auth"));
  }

  /** Whether money went back, or a charge was voided: also a check that came back. */
  boolean givesBack() {
    return actions.stream()
        .filter(Filed::succeeded)
        .anyMatch(action -> givesBack(action.getOrDefault("action_type", "")));
  }

  private static boolean givesBack(String type) {
    return GIVING_BACK.stream().anyMatch(type::contains);
  }

  static boolean succeeded(Map<String, String> action) {
    return "1".equals(action.get("success"));
  }

  static @Nullable Instant time(Map<String, String> action) {
    try {
      return LocalDateTime.parse(action.getOrDefault("date", ""), TIME).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException noTime) {
      return null;
    }
  }
}
