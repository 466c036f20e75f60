package billing.store;

import billing.model.Invoice;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The plain SQL through which alone the app's tables are reached: the bundled files, or an
 * operator's own.
 *
 * @param bookings in the order of their names
 */
public record AppSql(
    AppFile due,
    AppFile lock,
    @Nullable AppFile before,
    @Nullable AppFile after,
    List<AppFile> bookings,
    @Nullable AppFile decline,
    AppFile booked,
    @Nullable AppFile overpaid) {

  private static final List<String> BUNDLED =
      List.of(
          "due_invoices.sql",
          "lock_invoices.sql",
          "book_1_payment.sql",
          "book_2_invoice.sql",
          "book_3_transaction.sql",
          "booked.sql",
          "overpaid.sql");

  private static final Pattern BOOKING = Pattern.compile("book_(?!decline).*\\.sql");
  private static final Set<String> OTHERS =
      Set.of(
          "due_invoices.sql",
          "lock_invoices.sql",
          "before_charge.sql",
          "after_charge.sql",
          "book_decline.sql",
          "booked.sql",
          "overpaid.sql",
          "bundled_schema.sql");

  private static final Pattern FOR_UPDATE =
      Pattern.compile("\\bFOR\\s+UPDATE\\b", Pattern.CASE_INSENSITIVE);
  private static final Set<String> ATTEMPTS = Set.of("<attempt_ids>");

  public AppSql {
    bookings = List.copyOf(bookings);
  }

  /**
   * Reads every file, so that a wrong one ends the start.
   *
   * @param directory the operator's own files; null: the bundled ones
   * @throws DatabaseTrouble naming the file, what is wrong, and what was expected
   */
  public static AppSql load(@Nullable Path directory) {
    return of(directory == null ? bundled() : read(directory), directory);
  }

  private static AppSql of(Map<String, String> texts, @Nullable Path directory) {
    var bookings = new ArrayList<AppFile>();
    texts.forEach((name, text) -> {
      if (BOOKING.matcher(name).matches()) {
        bookings.add(AppFile.parse(name, text, ATTEMPTS, ATTEMPTS, false));
      }
    });
    if (bookings.isEmpty()) {
      throw missing("book_1_payment.sql (or any book_*.sql)", directory);
    }
    return new AppSql(
        needed(texts, "due_invoices.sql", Set.of(":as_of", ":after", ":limit"), directory),
        locking(needed(texts, "lock_invoices.sql", Set.of("<invoice_ids>", ":as_of"), directory)),
        optional(texts, "before_charge.sql", false),
        optional(texts, "after_charge.sql", false),
        bookings,
        optional(texts, "book_decline.sql", false),
        needed(texts, "booked.sql", Set.of("<gateway_transaction_ids>"), directory),
        optional(texts, "overpaid.sql", true));
  }

  /** The invoice, locked, if it is due; null where it is not. */
  @Nullable Invoice stillDue(Handle handle, String invoiceId, LocalDate asOf) {
    return stillDue(handle, List.of(invoiceId), asOf).values().stream().findFirst().orElse(null);
  }

  /** Those of these invoices that are due, locked, by their ids. */
  Map<String, Invoice> stillDue(Handle handle, Collection<String> invoiceIds, LocalDate asOf) {
    var invoices = new HashMap<String, Invoice>();
    handle
        .createQuery(lock.sql())
        .bindList("invoice_ids", invoiceIds.stream().sorted(AppSql::byNumber).toList())
        .bind("as_of", asOf.toString())
        .map((row, context) -> Invoices.map(row))
        .forEach(invoice -> invoices.put(invoice.id(), invoice));
    return invoices;
  }

  /** Ascending as the app has them, where they are numbers: everybody locks in one order. */
  private static int byNumber(String one, String other) {
    var numbers = one.matches("\\d+") && other.matches("\\d+");
    return numbers ? new BigDecimal(one).compareTo(new BigDecimal(other)) : one.compareTo(other);
  }

  /** Those of these gateway transactions that the app's books have. */
  Set<String> inBooks(Handle handle, Collection<String> transactions) {
    if (transactions.isEmpty()) {
      return Set.of();
    }
    try (var query = handle.createQuery(booked.sql())) {
      return new HashSet<>(
          query
              .bindList("gateway_transaction_ids", List.copyOf(transactions))
              .map((row, context) -> String.valueOf(row.getString(1)))
              .list());
    }
  }

  /** Every file that there is, in the order in which they are used. */
  List<AppFile> files() {
    var files = new ArrayList<AppFile>();
    files.add(due);
    files.add(lock);
    addUnlessNull(files, before);
    files.addAll(bookings);
    addUnlessNull(files, overpaid);
    addUnlessNull(files, after);
    addUnlessNull(files, decline);
    files.add(booked);
    return files;
  }

  /** Those that change something. */
  List<AppFile> writing() {
    return files().stream().filter(file -> !file.reads()).toList();
  }

  private static void addUnlessNull(List<AppFile> files, @Nullable AppFile file) {
    if (file != null) {
      files.add(file);
    }
  }

  private static AppFile needed(
      Map<String, String> texts, String name, Set<String> given, @Nullable Path directory) {
    var text = texts.get(name);
    if (text == null) {
      throw missing(name, directory);
    }
    var mustUse = new HashSet<>(given);
    if (mustUse.contains("<invoice_ids>")) {
      mustUse.remove(":as_of");
    }
    return AppFile.parse(name, text, given, mustUse, true);
  }

  /** Without the lock an invoice could be paid between our look at it and our claim. */
  private static AppFile locking(AppFile file) {
    if (!FOR_UPDATE.matcher(SqlText.code(file.sql())).find()) {
      throw AppFile.wrong(file.name(), "does not end with FOR UPDATE");
    }
    return file;
  }

  private static @Nullable AppFile optional(Map<String, String> texts, String name, boolean reads) {
    var text = texts.get(name);
    return text == null ? null : AppFile.parse(name, text, ATTEMPTS, ATTEMPTS, reads);
  }

  private static Map<String, String> bundled() {
    var texts = new TreeMap<String, String>();
    BUNDLED.forEach(name -> texts.put(name, Sql.resource("app/" + name)));
    return texts;
  }

  private static Map<String, String> read(Path directory) {
    var texts = new TreeMap<String, String>();
    var unknown = new HashSet<String>();
    try (var files = Files.list(directory)) {
      for (var file : files.filter(f -> f.toString().endsWith(".sql")).toList()) {
        var name = file.getFileName().toString();
        if (!OTHERS.contains(name) && !BOOKING.matcher(name).matches()) {
          unknown.add(name);
        }
        texts.put(name, Files.readString(file, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new DatabaseTrouble(
          DatabaseTrouble.Kind.APP_SQL, "app.sql.dir " + directory + " cannot be read: " + e, e);
    }
    if (!unknown.isEmpty()) {
      // A misspelt optional file would else be left out in silence.
      throw new DatabaseTrouble(
          DatabaseTrouble.Kind.APP_SQL,
          "app.sql.dir %s holds %s, which no name of ours is: rename or remove it"
              .formatted(directory, String.join(", ", unknown.stream().sorted().toList())));
    }
    return texts;
  }

  private static DatabaseTrouble missing(String name, @Nullable Path directory) {
    return new DatabaseTrouble(
        DatabaseTrouble.Kind.APP_SQL,
        "%s is missing in %s: copy it from sql/app and fit it to the app's tables"
            .formatted(name, directory == null ? "the program" : "app.sql.dir " + directory));
  }

  /** Pages of what is due that come back to an invoice would have no end. */
  DatabaseTrouble gaveTwice(String invoiceId) {
    return AppFile.wrong(
        due().name(),
        "gave invoice %s twice: a page must begin after :after and be in the order of invoice_id"
            .formatted(invoiceId));
  }

  /** Pages of what is due that do not follow each other leave invoices out. */
  DatabaseTrouble skips(String invoiceId) {
    return AppFile.wrong(
        due().name(),
        "gave other invoices after invoice %s than follow it in the first page, so that some would"
                .formatted(invoiceId)
            + " be skipped: ORDER BY the same expression that it compares with :after");
  }
}
