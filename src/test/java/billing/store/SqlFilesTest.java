package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The folder that a DBA reads: nothing in it is dead, and every statement says what it is for. */
class SqlFilesTest {

  private static final Path SQL = Path.of("sql");
  private static final List<String> NOT_LOADED_BY_NAME = List.of("app/", "migrations/", "grants");

  @Test
  void everyStatementIsUsed() throws IOException {
    var code = new StringBuilder();
    try (var files = Files.walk(Path.of("src/main/java"))) {
      for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        code.append(Files.readString(file));
      }
    }
    assertThat(names())
        .filteredOn(name -> NOT_LOADED_BY_NAME.stream().noneMatch(name::startsWith))
        .hasSizeGreaterThan(50)
        .allSatisfy(name -> assertThat(code).contains(name.substring(name.indexOf('/') + 1)));
  }

  @Test
  void everyFileBeginsWithItsReasonAndIsReadableToItsEnd() throws IOException {
    for (var name : names()) {
      var text = Files.readString(SQL.resolve(name + ".sql"));
      assertThat(text).as(name).startsWith("-- ").endsWith("\n").doesNotContain("\t");
      assertThat(SqlText.withoutComments(text)).as(name).isNotBlank();
    }
  }

  @Test
  void noStatementOfOursTakesAWriteLightly() throws IOException {
    for (var name : names()) {
      assertThat(SqlText.code(Files.readString(SQL.resolve(name + ".sql"))))
          .as(name)
          .doesNotContainIgnoringCase("INSERT IGNORE")
          .doesNotContainIgnoringCase("UPDATE IGNORE")
          .doesNotContainIgnoringCase("REPLACE INTO")
          .doesNotContainIgnoringCase("ON DUPLICATE KEY")
          .doesNotContain("SELECT *");
    }
  }

  private static List<String> names() throws IOException {
    try (var files = Files.walk(SQL)) {
      return files
          .map(file -> SQL.relativize(file).toString())
          .filter(name -> name.endsWith(".sql"))
          .map(name -> name.substring(0, name.length() - 4))
          .sorted()
          .toList();
    }
  }
}
