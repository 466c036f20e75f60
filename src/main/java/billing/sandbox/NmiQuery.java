package billing.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** NMI's Query API (its documentation of that name): which transactions fit, page by page. */
final class NmiQuery {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");
  private static final Set<String> KNOWN =
      Set.of(
          "security_key",
          "username",
          "password",
          "order_id",
          "transaction_id",
          "condition",
          "transaction_type",
          "action_type",
          "source",
          "start_date",
          "end_date",
          "result_limit",
          "page_number",
          "result_order",
          "report_type",
          "email",
          "last_name",
          "first_name");

  private final Ledger ledger;
  private final Faults faults;

  NmiQuery(Ledger ledger, Faults faults) {
    this.ledger = ledger;
    this.faults = faults;
  }

  /** A bad parameter, in NMI's words. */
  private static final class Bad extends Exception {
    private static final long serialVersionUID = 1;

    Bad(String message) {
      super(message);
    }
  }

  String answer(Form form, Merchant merchant, Fault fault) {
    var hidden = fault.kind() == Fault.Kind.LOOKUP_STALE ? fault.delay() : faults.weather().lag();
    try {
      return NmiXml.transactions(page(form, fitting(form, merchant, hidden)));
    } catch (Bad e) {
      return NmiXml.error(String.valueOf(e.getMessage()));
    }
  }

  /** By time, the last that changed come last, so that a change moves all that follow. */
  private List<NmiFiled> fitting(Form form, Merchant merchant, Duration hidden) throws Bad {
    for (var name : form.names()) {
      if (!KNOWN.contains(name) && !name.startsWith("merchant_defined_field_")) {
        throw new Bad("Invalid parameter " + name);
      }
    }
    if (!form.get("report_type", "transaction").equals("transaction")) {
      throw new Bad("Invalid report_type");
    }
    var until = ledger.now().minus(hidden);
    var start = time(form.get("start_date"));
    var end = time(form.get("end_date"));
    var found = new ArrayList<NmiFiled>();
    var orderId = form.get("order_id");
    for (var charge : orderId == null ? ledger.charges() : ledger.underKey(orderId)) {
      if (charge.door().equals("nmi")
          && charge.merchant().equals(merchant)
          && !charge.at().isAfter(until)) {
        for (var filed : NmiFiled.of(charge, faults.weather().refundsApart())) {
          if ((start == null || !filed.modified().isBefore(start))
              && (end == null || !filed.modified().isAfter(end.plusSeconds(1)))
              && fits(form, filed)) {
            found.add(filed);
          }
        }
      }
    }
    if (start != null) {
      found.sort(Comparator.comparing(NmiFiled::modified));
    }
    return found;
  }

  private static @Nullable Instant time(@Nullable String text) throws Bad {
    try {
      return text == null ? null : LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC);
    } catch (DateTimeParseException e) {
      throw new Bad("Invalid date " + text);
    }
  }

  private static boolean fits(Form form, NmiFiled filed) {
    var charge = filed.charge();
    for (var name : form.names()) {
      if (name.startsWith("merchant_defined_field_")
          && !form.get(name, "").equals(charge.wire().get(name))) {
        return false;
      }
    }
    return oneOf(form.get("transaction_id"), filed.transactionId())
        && oneOf(form.get("condition"), filed.condition())
        && oneOf(form.get("transaction_type"), "cc")
        && oneOf(form.get("source"), "api")
        && filed.actions().stream().anyMatch(a -> oneOf(form.get("action_type"), a))
        && same(form.get("email"), charge.wire().get("email"))
        && same(form.get("first_name"), charge.wire().get("first_name"))
        && same(form.get("last_name"), charge.wire().get("last_name"));
  }

  private static boolean oneOf(@Nullable String list, String value) {
    return list == null || List.of(list.split(",", -1)).contains(value);
  }

  private static boolean same(@Nullable String asked, @Nullable String value) {
    return asked == null || asked.equals(value);
  }

  private static List<NmiFiled> page(Form form, List<NmiFiled> all) throws Bad {
    var ordered = form.get("result_order", "standard").equals("reverse") ? all.reversed() : all;
    if (form.get("result_limit") == null) {
      return ordered;
    }
    var limit = number(form, "result_limit");
    var from = (long) limit * (form.get("page_number") == null ? 0 : number(form, "page_number"));
    return ordered.stream().skip(from).limit(limit).toList();
  }

  private static int number(Form form, String name) throws Bad {
    try {
      return Integer.parseUnsignedInt(form.get(name, ""));
    } catch (NumberFormatException e) {
      throw new Bad("Invalid " + name);
    }
  }
}
