package billing.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The planted bugs still fit the sources, so that what is renamed takes them along. Whether they
 * are caught, {@code src/test/planted/run} tells.
 */
class PlantedBugsTest {

  private static final Path FOLDER = Path.of("src/test/planted");
  private static final Pattern HEADER =
      Pattern.compile(
          """
          (?s)Mistake: .+
          Breaks: .+
          Suite: ([A-Za-z]+)(?:#[A-Za-z]+)?((?: -D[\\w.]+=\\S+)*)

          .*\
          """);
  private static final Pattern PRODUCTION = Pattern.compile("(src/main/java|sql)/.+\\.(java|sql)");

  static List<Path> bugs() {
    return files(FOLDER, ".patch");
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void eachSaysWhatItIsAndWhichSuiteMustCatchIt(Path bug) {
    var header = HEADER.matcher(read(bug));
    assertThat(header.matches()).as("Mistake, Breaks, Suite and an empty line").isTrue();
    assertThat(files(Path.of("src/test/java"), "/" + header.group(1) + ".java")).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void eachAppliesToTheSourcesAsTheyAre(Path bug) {
    var hunks = Hunk.of(read(bug));
    assertThat(hunks).isNotEmpty();
    for (var hunk : hunks) {
      assertThat(hunk.file()).matches(PRODUCTION);
      assertThat(hunk.timesIn(read(Path.of(hunk.file())))).as("%s", hunk).isEqualTo(1);
    }
  }

  @Test
  void whatDoesNotApplyIsNoticed() {
    var hunk =
        Hunk.of("--- a/sql/x.sql\n+++ b/sql/x.sql\n@@ -1,2 +1,2 @@\n kept\n-old\n+new\n")
            .getFirst();
    assertThat(hunk.file()).isEqualTo("sql/x.sql");
    assertThat(hunk.timesIn("first\nkept\nold\nlast\n")).isEqualTo(1);
    assertThat(hunk.timesIn("kept\nold\nkept\nold\n")).isEqualTo(2);
    assertThat(hunk.timesIn("kept\nnew\n")).isZero();
    assertThat(hunk.timesIn("unkept\nold\n")).isZero();
  }

  @Test
  void eachStandsInTheTableOfTheProof() {
    var names = bugs().stream().map(PlantedBugsTest::name).toList();
    var told =
        read(Path.of("docs/proof.md"))
            .lines()
            .filter(line -> line.matches("\\| `[a-z-]+` \\|.*\\| caught \\|.*"))
            .map(line -> line.split("`", 3)[1])
            .toList();
    assertThat(told).containsExactlyInAnyOrderElementsOf(names);
  }

  /** What one place of a file is to be, before and after. */
  private record Hunk(String file, List<String> before) {

    static List<Hunk> of(String patch) {
      var hunks = new ArrayList<Hunk>();
      var file = "";
      for (var line : patch.lines().toList()) {
        if (line.startsWith("--- a/")) {
          file = line.substring(6);
        } else if (line.startsWith("@@ ")) {
          hunks.add(new Hunk(file, new ArrayList<>()));
        } else if (!hunks.isEmpty() && (line.startsWith(" ") || line.startsWith("-"))) {
          hunks.getLast().before().add(line.substring(1));
        }
      }
      return hunks;
    }

    long timesIn(String text) {
      var lines = Arrays.asList(text.split("\n", -1));
      return Stream.iterate(0, at -> at + before.size() <= lines.size(), at -> at + 1)
          .filter(at -> lines.subList(at, at + before.size()).equals(before))
          .count();
    }

    @Override
    public String toString() {
      return file + ":\n" + before.stream().collect(Collectors.joining("\n"));
    }
  }

  private static String name(Path bug) {
    return bug.getFileName().toString().replace(".patch", "");
  }

  private static List<Path> files(Path folder, String end) {
    try (var files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
