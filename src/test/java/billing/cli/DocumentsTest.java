package billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import billing.rules.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The documents say what the program does. */
class DocumentsTest {

  private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(#[^)]*)?\\)");

  @Test
  void everySettingIsDescribedAndNoOther() throws IOException {
    var rows =
        Files.readAllLines(Path.of("docs/settings.md")).stream()
            .filter(line -> line.startsWith("| `"))
            .toList();
    var expected = Arrays.stream(SettingKey.values()).map(SettingKey::row).toList();
    assertThat(rows).as("the table of docs/settings.md").containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/operations.md"})
  void everyExitCodeIsInTheTable(String document) throws IOException {
    var lines = Files.readAllLines(Path.of(document));
    assertThat(ExitCode.values())
        .allSatisfy(exit ->
            assertThat(lines)
                .as(document)
                .anyMatch(line -> line.startsWith("| " + String.join(" | ", exit.row()) + " |")));
    assertThat(String.join("\n", lines)).contains(ExitCode.MOST_SERIOUS_FIRST);
  }

  @Test
  void everyFindingHasAnExitCodeThatIsDescribed() {
    for (var finding : Finding.values()) {
      assertThat(ExitCode.of(finding.exitCode()).code()).isEqualTo(finding.exitCode());
    }
  }

  @Test
  void theOrderOfSeriousnessIsTheRules() {
    var order =
        Pattern.compile("\\D+").splitAsStream(ExitCode.MOST_SERIOUS_FIRST).map(Integer::valueOf);
    var codes = order.toList();
    for (var first : Finding.values()) {
      for (var second : Finding.values()) {
        var both = Finding.exitCode(EnumSet.of(first, second));
        assertThat(List.of(first.exitCode(), second.exitCode())).contains(both);
        assertThat(codes.indexOf(both))
            .isLessThanOrEqualTo(codes.indexOf(first.exitCode()))
            .isLessThanOrEqualTo(codes.indexOf(second.exitCode()));
      }
    }
  }

  @Test
  void theExampleOfASettingsFileIsTaken(@TempDir Path folder) throws IOException {
    var text = Files.readString(Path.of("docs/settings.md"));
    var example = text.split("```properties\n", 2)[1].split("```", 2)[0];
    Files.writeString(folder.resolve("billing.properties"), example);
    var settings = Settings.load(null, Map.of(), folder);
    assertThat(settings.charge().prefix()).isEqualTo("SHOP");
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    var documents = new ArrayList<>(List.of(Path.of("README.md"), Path.of("CHANGELOG.md")));
    try (var files = Files.walk(Path.of("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
    }
    for (var document : documents) {
      var folder = document.toAbsolutePath().getParent();
      var links = LINK.matcher(Files.readString(document)).results().map(link -> link.group(1));
      assertThat(links.filter(link -> !link.contains(":")))
          .as(document.toString())
          .allSatisfy(link -> assertThat(Path.of(String.valueOf(folder), link)).exists());
    }
  }
}
