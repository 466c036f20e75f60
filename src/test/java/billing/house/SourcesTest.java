package billing.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the compiler does not see: lengths, forgotten remarks, nets that are cast too wide. */
class SourcesTest {

  private static final int LONGEST_FILE = 300;

  /** Where a run of anything must end in an outcome, whatever was thrown. */
  private static final Map<String, String> OUTERMOST =
      Map.of(
          "src/main/java/billing/cli/Main.java", "the outermost boundary of the program",
          "src/main/java/billing/run/Heartbeat.java", "of one beat: what is not heard is lost",
          "src/main/java/billing/run/Hands.java", "of one effect at the database",
          "src/main/java/billing/run/Sender.java", "of one exchange at the gateway",
          "src/main/java/billing/run/Night.java", "of the sending: the run still ends and reports");

  private static final Pattern WIDE_NET =
      Pattern.compile(
          "catch \\((?:final )?(?:[\\w.| ]*\\b)?(?:Exception|Throwable|RuntimeException|Error)\\b["
              + " |]");
  private static final Pattern REMARK = Pattern.compile("\\b(TODO|FIXME|HACK)\\b(?!\\.)");
  private static final Pattern SILENCED = Pattern.compile("@SuppressWarnings");

  @Test
  void noFileIsLongerThanAnybodyReads() {
    var tooLong =
        files("src/main", ".java").stream()
            .filter(file -> file.lines().size() > LONGEST_FILE)
            .map(file -> file.name() + ": " + file.lines().size() + " lines")
            .toList();
    assertThat(tooLong).isEmpty();
  }

  @Test
  void onlyTheOutermostBoundariesKeepWhateverIsThrown() {
    var kept =
        files("src/main", ".java").stream()
            .filter(file -> !OUTERMOST.containsKey(file.name()))
            .flatMap(file -> file.keeping().stream())
            .toList();
    assertThat(kept)
        .as("name what can be thrown, or throw it on: a bug must reach the top")
        .isEmpty();
  }

  @Test
  void nothingIsLeftForLater() {
    for (var folder : List.of("src", "sql", "bin", "cron", "docs")) {
      assertThat(
              findings(folder, "", REMARK, Set.of("src/test/java/billing/house/SourcesTest.java")))
          .isEmpty();
    }
  }

  @Test
  void aWarningIsSilencedOnlyForAReason() {
    var silent =
        files("src/main", ".java").stream()
            .flatMap(file -> file.matching(SILENCED).stream())
            .filter(line -> !line.contains("//"))
            .toList();
    assertThat(silent).as("the reason stands on the same line").isEmpty();
  }

  @Test
  void everyPackageIsNullMarked() throws IOException {
    try (var folders = Files.walk(Path.of("src/main/java/billing"))) {
      assertThat(folders.filter(Files::isDirectory).filter(SourcesTest::holdsClasses))
          .allSatisfy(folder ->
              assertThat(folder.resolve("package-info.java")).content().contains("@NullMarked"));
    }
  }

  @Test
  void aPlantedBreachIsCaught() {
    assertThat("} catch (Exception e) {").containsPattern(WIDE_NET);
    assertThat("} catch (IOException | RuntimeException e) {").containsPattern(WIDE_NET);
    assertThat("} catch (Throwable t) { // why").containsPattern(WIDE_NET);
    assertThat("} catch (SQLException | IllegalStateException e) {")
        .doesNotContainPattern(WIDE_NET);
    assertThat(new Source("x", List.of("} catch (Exception e) {", "  e.hide();", "}")).keeping())
        .hasSize(1);
    assertThat(new Source("x", List.of("} catch (Exception e) {", "  throw e;", "}")).keeping())
        .isEmpty();
    assertThat("// " + "TODO later").containsPattern(REMARK);
  }

  private record Source(String name, List<String> lines) {

    /** Catches of everything whose block throws nothing on. */
    List<String> keeping() {
      var found = new ArrayList<String>();
      for (int i = 0; i < lines.size(); i++) {
        if (WIDE_NET.matcher(lines.get(i)).find() && !throwsOn(i)) {
          found.add(name + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
      return found;
    }

    private boolean throwsOn(int start) {
      var end = lines.get(start).replaceFirst("\\S.*", "}");
      for (int i = start + 1; i < lines.size() && !lines.get(i).startsWith(end); i++) {
        if (lines.get(i).contains("throw ")) {
          return true;
        }
      }
      return false;
    }

    List<String> matching(Pattern pattern) {
      var found = new ArrayList<String>();
      for (int i = 0; i < lines.size(); i++) {
        if (pattern.matcher(lines.get(i)).find()) {
          found.add(name + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
      return found;
    }
  }

  private static List<String> findings(
      String folder, String ending, Pattern pattern, Set<String> exempt) {
    return files(folder, ending).stream()
        .filter(file -> !exempt.contains(file.name()))
        .flatMap(file -> file.matching(pattern).stream())
        .toList();
  }

  private static boolean holdsClasses(Path folder) {
    try (var files = Files.list(folder)) {
      return files.anyMatch(file -> file.toString().endsWith(".java"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Source> files(String folder, String ending) {
    try (var files = Files.walk(Path.of(folder))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(ending))
          .sorted()
          .map(SourcesTest::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Source read(Path file) {
    try {
      return new Source(file.toString(), Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
