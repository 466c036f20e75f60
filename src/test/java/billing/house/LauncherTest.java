package billing.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** bin/billing, run by sh with a PATH and Javas of our making. */
@Timeout(60)
class LauncherTest {

  private static final List<String> TOOLS =
      List.of(
          "sh",
          "sed",
          "readlink",
          "dirname",
          "cut",
          "stty",
          "mkdir",
          "find",
          "head",
          "grep",
          "tee",
          "date",
          "cat",
          "mv",
          "rm",
          "flock",
          "sleep");

  @TempDir private Path root;

  private Path home;
  private Path launcher;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void aDistributionInAFolderWithBlanks() throws Exception {
    home = Files.createDirectories(root.resolve("the home"));
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib/demo"));
    Files.createFile(home.resolve("lib/billing.jar"));
    var text = Files.readString(Path.of("bin/billing")).replace("/usr/lib/jvm", root + "/jvm");
    launcher = executable(home.resolve("bin/billing"), text);
    var tools = Files.createDirectories(root.resolve("tools"));
    for (var tool : TOOLS) {
      var real = Stream.of("/usr/bin/", "/bin/").map(f -> Path.of(f + tool)).filter(Files::exists);
      Files.createSymbolicLink(tools.resolve(tool), real.findFirst().orElseThrow());
    }
    environment.put("PATH", tools.toString());
  }

  @Test
  void anOldJavaFirstOnThePathIsPassedOver() throws Exception {
    onPath(java("old", "17.0.15"));
    java("jvm/java-8", "1.8.0_402");
    java("jvm/java-21", "21.0.4");
    var newest = java("jvm/temurin", "25.0.3");
    java("jvm/java-9", "9.0.1");
    assertThat(run("status").out()).startsWith("java of " + newest);
  }

  @Test
  void theJavaOnThePathIsTakenWhereItIsNewEnough() throws Exception {
    onPath(java("new", "21"));
    java("jvm/temurin", "25.0.3");
    assertThat(run("status").out()).startsWith("java of " + root.resolve("new"));
  }

  @Test
  void withNoneNewEnoughOneLineSaysWhatToInstall() throws Exception {
    onPath(java("old", "17.0.15"));
    java("jvm/java-11", "11.0.2");
    var done = run("charge");
    assertThat(done.code()).isEqualTo(2);
    assertThat(done.out()).isEmpty();
    assertThat(done.err())
        .hasLineCount(1)
        .startsWith("billing: needs Java 21 or newer, found 17 in " + root.resolve("old"))
        .contains("apt install openjdk-21-jre-headless", "BILLING_JAVA");
  }

  @Test
  void withNoneAtAllItSaysTheSame() throws Exception {
    assertThat(run("charge").err())
        .isEqualTo(
            "billing: needs Java 21 or newer; install one (apt install openjdk-21-jre-headless) or"
                + " set BILLING_JAVA\n");
  }

  @Test
  void javaHomeComesBeforeThePathUnlessItIsTooOld() throws Exception {
    onPath(java("new", "21"));
    environment.put("JAVA_HOME", java("newer", "22").toString());
    assertThat(run("status").out()).startsWith("java of " + root.resolve("newer"));
    environment.put("JAVA_HOME", java("old", "17").toString());
    assertThat(run("status").out()).startsWith("java of " + root.resolve("new"));
  }

  @Test
  void billingJavaIsAHomeOrACommandAndComesFirst() throws Exception {
    onPath(java("new", "21"));
    var chosen = java("chosen", "23");
    environment.put("BILLING_JAVA", chosen.toString());
    assertThat(run("status").out()).startsWith("java of " + chosen);
    var link = Files.createSymbolicLink(root.resolve("j"), chosen.resolve("bin/java"));
    environment.put("BILLING_JAVA", link.toString());
    assertThat(run("status").out()).startsWith("java of " + chosen);
  }

  @Test
  void aBillingJavaThatIsTooOldIsRefusedAndNotReplaced() throws Exception {
    onPath(java("new", "21"));
    for (var wrong : List.of(java("old", "17").toString(), "/no/such/java")) {
      environment.put("BILLING_JAVA", wrong);
      var done = run("status");
      assertThat(done.code()).isEqualTo(2);
      assertThat(done.err()).contains("BILLING_JAVA is " + wrong);
    }
  }

  @Test
  void aJavaWithoutAReleaseFileIsAsked() throws Exception {
    var home = java("asked", "21");
    Files.delete(home.resolve("release"));
    onPath(home);
    assertThat(run("status").out()).startsWith("java of " + home);
  }

  @Test
  void theExitCodePasses() throws Exception {
    onPath(java("new", "21"));
    environment.put("FAKE_EXIT", "7");
    assertThat(run("charge").code()).isEqualTo(7);
  }

  @Test
  void aSignalReachesJavaItself() throws Exception {
    var home = java("new", "21");
    executable(
        home.resolve("bin/java"),
        "#!/bin/sh\ntrap 'exit 143' TERM\necho $$\nsleep 50 & s=$!; wait; kill $s\n");
    onPath(home);
    var process = start("charge");
    try (var lines = process.inputReader()) {
      assertThat(lines.readLine()).as("exec").isEqualTo(Long.toString(process.pid()));
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
    }
  }

  @Test
  void argumentsArriveAsTheyWereWritten() throws Exception {
    onPath(java("new", "21"));
    var done = run("resolve", "A-1", "--because", "it's \"*\" $HOME `date` \\n", "", "ü");
    assertThat(done.out())
        .endsWith("[resolve][A-1][--because][it's \"*\" $HOME `date` \\n][][ü]\n");
  }

  @Test
  void itMayBeCalledThroughLinksFromAnywhere() throws Exception {
    onPath(java("new", "21"));
    Files.createSymbolicLink(root.resolve("first"), Path.of("the home/bin/billing"));
    launcher = Files.createSymbolicLink(root.resolve("second"), root.resolve("first"));
    assertThat(run("status").out()).contains("[-Dbilling.home=" + home.toRealPath() + "]");
  }

  @Test
  void onlyDemoAndSandboxSeeTheEmbeddedDatabase() throws Exception {
    onPath(java("new", "21"));
    var lib = home.toRealPath() + "/lib";
    for (var command : List.of("demo", "sandbox")) {
      assertThat(run("-v", "--wait", "3s", command).out())
          .contains("[-cp][" + lib + "/*:" + lib + "/demo/*]");
    }
    for (var args : List.of("charge", "--config demo charge", "--json status demo", "--help")) {
      assertThat(run(args.split(" ")).out()).contains("[-cp][" + lib + "/*]");
    }
  }

  @Test
  void anInstallWithoutThemSaysSo() throws Exception {
    onPath(java("new", "21"));
    Files.delete(home.resolve("lib/demo"));
    assertThat(run("demo").code()).isEqualTo(2);
    assertThat(run("demo").err()).contains("leaves out lib/demo, which demo needs");
    assertThat(run("charge").code()).isZero();
  }

  @Test
  void whatEndsSoonIsNotOptimizedAndWhatIsNoTerminalIsSaidToBeNone() throws Exception {
    onPath(java("new", "21"));
    assertThat(run("status").out()).contains("[-XX:TieredStopAtLevel=1]");
    assertThat(run("charge").out())
        .doesNotContain("Tiered")
        .contains("[-Xlog:all=error:stderr]", "[-Dbilling.tty=]");
  }

  @Test
  void withoutItsJarItSaysSo() throws Exception {
    onPath(java("new", "21"));
    Files.delete(home.resolve("lib/billing.jar"));
    assertThat(run("status").err()).contains("there is no billing.jar in ");
  }

  @Test
  void aCheckoutIsBuiltFirstAndAgainWhenItsSourcesChange() throws Exception {
    var source =
        checkout("mkdir -p \"$3/../target/dist/lib\"; : >\"$3/../target/dist/lib/billing.jar\"");
    var first = run("status");
    assertThat(first.code()).isZero();
    assertThat(first.out()).startsWith("java of ").contains("/target/dist/lib/*]");
    assertThat(first.err()).contains("billing: building", "billing: built in ");
    assertThat(run("status").err()).isEmpty();
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(run("status").err()).contains("billing: built in ");
  }

  @Test
  void aBuildThatFailsSaysWhyOnStderr() throws Exception {
    checkout("echo '[ERROR] no such symbol'; exit 1");
    var done = run("--json", "status");
    assertThat(done.code()).isEqualTo(2);
    assertThat(done.out()).isEmpty();
    assertThat(done.err()).contains("[ERROR] no such symbol", "the build failed");
  }

  @Test
  void aBuildNeedsMavenAndAJdk() throws Exception {
    checkout("true");
    Files.delete(root.resolve("tools/mvn"));
    assertThat(run("status").err()).contains("needs Maven").contains("apt install maven");
    Files.delete(root.resolve("new/bin/javac"));
    executable(root.resolve("tools/mvn"), "#!/bin/sh\n");
    assertThat(run("status").err())
        .contains("needs a JDK (with javac) 21 or newer", "openjdk-21-jdk-headless");
  }

  /** Turns the home into a checkout whose Maven runs these commands; answers with a source file. */
  private Path checkout(String maven) throws IOException {
    Files.delete(home.resolve("lib/billing.jar"));
    for (var folder : List.of("cron", "sql", "src/main")) {
      Files.createDirectories(home.resolve(folder));
    }
    Files.createFile(home.resolve("pom.xml"));
    executable(
        root.resolve("tools/mvn"), "#!/bin/sh\ncd / \n" + maven.replace("$3/..", "${3%/*}") + "\n");
    onPath(java("new", "21"));
    executable(root.resolve("new/bin/javac"), "#!/bin/sh\n");
    return Files.createFile(home.resolve("src/main/A.java"));
  }

  private Path java(String name, String version) throws IOException {
    var home = root.toRealPath().resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\nMORE=1\n");
    executable(
        home.resolve("bin/java"),
        """
        #!/bin/sh
        if [ "$1" = -version ]; then
          echo 'openjdk version "%s" 2026-01-01' >&2
          exit
        fi
        printf 'java of %%s: ' '%s'
        printf '[%%s]' "$@"
        echo
        exit "${FAKE_EXIT:-0}"
        """
            .formatted(version, home));
    return home;
  }

  private void onPath(Path home) {
    environment.merge("PATH", home + "/bin", (tools, bin) -> bin + ":" + tools);
  }

  private static Path executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private record Done(int code, String out, String err) {}

  private Done run(String... args) throws Exception {
    var process = start(args);
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Done(process.exitValue(), out, Files.readString(root.resolve("err")));
  }

  private Process start(String... args) throws IOException {
    var command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(args));
    var builder = new ProcessBuilder(command).directory(Path.of("/").toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectError(root.resolve("err").toFile());
    return builder.start();
  }
}
