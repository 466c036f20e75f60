package billing.store;

import billing.model.Invoice;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the app's invoices: from its SQL, and as kept with an attempt until its mail is sent.
 */
final class Invoices {

  static final Set<String> MANDATORY =
      Set.of("invoice_id", "amount_due", "currency", "payment_ref");

  static final Set<String> KNOWN =
      Set.of(
          "invoice_id",
          "amount_due",
          "currency",
          "payment_ref",
          "customer_ref",
          "customer_name",
          "email",
          "description",
          "due_on");

  /** What fits our columns and is compared byte for byte; the rules judge it for themselves. */
  private static final Pattern ID = Pattern.compile("[!-~]([ -~]{0,62}[!-~])?");

  private static final int REF = 255;
  private static final int DESCRIPTION = 500;
  private static final BigDecimal LARGEST = new BigDecimal("999999999999999");

  private Invoices() {}

  static Invoice map(ResultSet row) throws SQLException {
    var values = new LinkedHashMap<String, @Nullable String>();
    var meta = row.getMetaData();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      values.put(meta.getColumnLabel(i).toLowerCase(java.util.Locale.ROOT), row.getString(i));
    }
    return of(values);
  }

  /** Everything the row had, as text; what is null is left out. */
  static String kept(Invoice invoice) {
    var values = new LinkedHashMap<String, String>(invoice.more());
    values.put("invoice_id", invoice.id());
    values.put("amount_due", invoice.amountDue().toPlainString());
    values.put("currency", invoice.currency());
    putUnlessNull(values, "payment_ref", invoice.paymentRef());
    putUnlessNull(values, "customer_ref", invoice.customerRef());
    putUnlessNull(values, "customer_name", invoice.customerName());
    putUnlessNull(values, "email", invoice.email());
    putUnlessNull(values, "description", invoice.description());
    putUnlessNull(values, "due_on", invoice.dueOn() == null ? null : invoice.dueOn().toString());
    return Json.write(values);
  }

  static Invoice unkept(String json) {
    return of(new LinkedHashMap<String, @Nullable String>(Json.read(json)));
  }

  static boolean hasUsableId(Invoice invoice) {
    return ID.matcher(invoice.id()).matches();
  }

  /** Why the row does not fit into our tables, or null where it does. */
  static @Nullable String unfit(Invoice invoice) {
    if (!hasUsableId(invoice)) {
      return "its id is not 1 to 64 printable ASCII characters";
    }
    if (invoice.amountDue().abs().compareTo(LARGEST) > 0) {
      return "its amount due is out of any range";
    }
    if (isLong(invoice.paymentRef()) || isLong(invoice.customerRef())) {
      return "its payment_ref or customer_ref is longer than " + REF + " characters";
    }
    return null;
  }

  /** What a gateway's refusal of the order holds for: it is asked again when this has changed. */
  static String print(
      BigDecimal amount, String currency, @Nullable String customer, @Nullable String payment) {
    return amount.stripTrailingZeros().toPlainString()
        + " "
        + currency
        + " "
        + customer
        + " "
        + payment;
  }

  static String print(Invoice invoice) {
    return print(
        invoice.amountDue(), invoice.currency(), invoice.customerRef(), invoice.paymentRef());
  }

  private static Invoice of(Map<String, @Nullable String> values) {
    var more = new LinkedHashMap<String, String>();
    for (var value : values.entrySet()) {
      var text = value.getValue();
      if (!KNOWN.contains(value.getKey())) {
        more.put(value.getKey(), text == null ? "" : text);
      }
    }
    var id = values.get("invoice_id");
    return new Invoice(
        id == null ? "" : id,
        amount(id, values.get("amount_due")),
        String.valueOf(values.get("currency")),
        values.get("payment_ref"),
        values.get("customer_ref"),
        values.get("customer_name"),
        values.get("email"),
        cut(values.get("description")),
        date(values.get("due_on")),
        more);
  }

  private static BigDecimal amount(@Nullable String id, @Nullable String text) {
    try {
      return text == null ? BigDecimal.ZERO : new BigDecimal(text.strip());
    } catch (NumberFormatException e) {
      // A column of another type: the file is at fault, and not this one invoice.
      throw new DatabaseTrouble(
          DatabaseTrouble.Kind.APP_SQL,
          "due_invoices.sql or lock_invoices.sql: invoice %s: amount_due is no number: %s"
              .formatted(id, text));
    }
  }

  private static @Nullable LocalDate date(@Nullable String text) {
    try {
      // A DATETIME column will do: its day is what counts.
      return text == null ? null : LocalDate.parse(text.substring(0, Math.min(10, text.length())));
    } catch (DateTimeParseException zeroDate) {
      // Old databases have 0000-00-00. Letters alone name it, so it keeps nobody's charge back.
      return null;
    }
  }

  private static @Nullable String cut(@Nullable String description) {
    return description == null || description.length() <= DESCRIPTION
        ? description
        : description.substring(0, description.offsetByCodePoints(0, DESCRIPTION / 2));
  }

  private static boolean isLong(@Nullable String ref) {
    return ref != null && ref.length() > REF;
  }

  private static void putUnlessNull(
      Map<String, String> values, String name, @Nullable String value) {
    if (value != null) {
      values.put(name, value);
    }
  }
}
