package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

import billing.fuzz.Effort;
import billing.fuzz.Mutator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Spoilt files of the app's SQL are refused in one way, or are one statement of ours. */
class AppSqlFuzzTest {

  private static final Set<String> GIVEN = Set.of("<attempt_ids>", ":as_of");

  @Test
  void aSpoiltFileIsRefusedOrIsOneStatement() throws IOException {
    try (var files = Files.walk(Path.of("sql/app"))) {
      var texts = files.filter(Files::isRegularFile).sorted().map(AppSqlFuzzTest::read).toList();
      Effort.run("SQL files", 20_000, Duration.ofSeconds(2), seed -> oneCase(seed, texts));
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void oneCase(long seed, List<byte[]> texts) {
    var mutator = new Mutator(seed);
    var bytes =
        mutator.below(20) == 0 ? mutator.noise() : mutator.spoil(mutator.oneOf(texts), texts);
    var text = new String(bytes, StandardCharsets.UTF_8);
    try {
      var file = AppFile.parse("spoilt.sql", text, GIVEN, Set.of(), mutator.below(2) == 0);
      assertThat(SqlText.code(file.sql())).doesNotContain(";", "?");
      assertThat(file.sql()).matches("(?is)\\s*(SELECT|INSERT|UPDATE|DELETE)\\b.*");
    } catch (DatabaseTrouble refused) {
      assertThat(refused.kind()).isEqualTo(DatabaseTrouble.Kind.APP_SQL);
      assertThat(refused.getMessage()).startsWith("spoilt.sql ");
    }
  }
}
