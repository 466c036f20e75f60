package billing.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppSqlTest {

  @TempDir private Path directory;

  @Test
  void theBundledFilesAreTakenInTheOrderOfTheirNames() {
    assertThat(AppSql.load(null).bookings())
        .extracting(AppFile::name)
        .containsExactly("book_1_payment.sql", "book_2_invoice.sql", "book_3_transaction.sql");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "book_2_invoice.sql | DROP TABLE invoices                                   | begins with"
            + " DROP",
        "book_2_invoice.sql | UPDATE a SET x = 1 WHERE id IN (<attempt_ids>); COMMIT | more than"
            + " one statement",
        "book_2_invoice.sql | UPDATE a SET x = 1                                    | does not use"
            + " <attempt_ids>",
        "book_2_invoice.sql | UPDATE a SET x = :now WHERE id IN (<attempt_ids>)      | uses :now;"
            + " what it is given is <attempt_ids>",
        "book_2_invoice.sql | UPDATE a SET x = ? WHERE id IN (<attempt_ids>)         | parameters"
            + " have names",
        "book_2_invoice.sql | UPDATE a SET x = 'half WHERE id IN (<attempt_ids>)     | a quote is"
            + " never closed",
        "book_2_invoice.sql | -- nothing                                            | is empty",
        "booked.sql         | UPDATE a SET x = 1 WHERE id IN (<gateway_transaction_ids>) | it must"
            + " be one SELECT",
        "booked.sql         | SELECT a INTO OUTFILE '/tmp/x' FROM b WHERE a IN"
            + " (<gateway_transaction_ids>) | it must be one SELECT",
        "lock_invoices.sql  | SELECT 1 AS invoice_id FROM a WHERE id IN (<invoice_ids>) | does not"
            + " end with FOR UPDATE",
        "due_invoices.sql   | SELECT 1 WHERE :as_of > '' LIMIT :limit                | does not use"
            + " :after",
      })
  void aWrongFileIsNamedWithWhatIsWrong(String name, String sql, String why) throws Exception {
    BookingsTest.bundledInto(directory);
    Files.writeString(directory.resolve(name), sql);

    assertThatThrownBy(() -> AppSql.load(directory))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageStartingWith(name)
        .hasMessageContaining(why);
  }

  @Test
  void whatLooksLikeAParameterInAQuoteOrACommentIsNone() throws Exception {
    BookingsTest.bundledInto(directory);
    Files.writeString(
        directory.resolve("book_2_invoice.sql"),
        """
        -- the invoice's note; <nobody> knows :this
        UPDATE invoices /* it's :that? */ SET note = 'paid at 10:30; <b>thanks</b>' -- :x
         WHERE id IN (<attempt_ids>);
        """);

    assertThat(AppSql.load(directory).bookings()).hasSize(3);
  }

  @Test
  void aMissingFileAndAMisspeltOneAreNamed() throws Exception {
    BookingsTest.bundledInto(directory);
    Files.delete(directory.resolve("lock_invoices.sql"));
    assertThatThrownBy(() -> AppSql.load(directory))
        .hasMessageStartingWith("lock_invoices.sql is missing");

    BookingsTest.bundledInto(directory);
    Files.writeString(directory.resolve("befor_charge.sql"), "UPDATE a SET x = 1");
    assertThatThrownBy(() -> AppSql.load(directory)).hasMessageContaining("befor_charge.sql");
  }

  @Test
  void aDirectoryThatCannotBeReadIsSaidSo() {
    assertThatThrownBy(() -> AppSql.load(directory.resolve("nowhere")))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("app.sql.dir");
  }

  @Test
  void everyTableThatAStatementNamesIsFound() {
    var file =
        AppFile.parse(
            "book_x.sql",
            "UPDATE invoices i, `Shop`.`Tax Lines` t JOIN b AS c ON 1 SET i.x = (SELECT 1 FROM d, e"
                + " f, g) WHERE i.id IN (<attempt_ids>)",
            java.util.Set.of("<attempt_ids>"),
            java.util.Set.of(),
            false);

    assertThat(AppTables.named(file, "main"))
        .contains("main.invoices", "main.b", "main.d", "main.e", "main.g");
  }
}
