package billing.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import billing.store.DatabaseTrouble;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class MainTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Console console =
      new Console(
          new PrintStream(out, true, UTF_8),
          new PrintStream(err, true, UTF_8),
          true,
          true,
          true,
          80);

  @ParameterizedTest
  @ValueSource(strings = {"--help", "charge --help", "resolve --help"})
  void helpListsEveryExitCode(String arguments) {
    assertThat(run(arguments.split(" "))).isZero();
    for (var exit : ExitCode.values()) {
      assertThat(out.toString(UTF_8)).contains("  " + exit.code() + " ");
    }
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void versionNamesTheBuild() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString(UTF_8)).matches("billing \\d+\\.\\d+\\.\\d+\\S* \\(Java \\d+\\)\n");
  }

  @Test
  void wrongUseEndsWithTwoAndSaysWhatToTry() {
    assertThat(run("--xyz")).isEqualTo(2);
    assertThat(err.toString(UTF_8))
        .isEqualTo("billing: Unknown option: '--xyz'\n    try: billing --help\n");
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @Test
  void aCommandIsNeeded() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString(UTF_8)).startsWith("billing: a command is missing\n");
  }

  @Test
  void aFailureIsADocumentForPrograms() throws Exception {
    assertThat(run("--json", "--wait", "soon")).isEqualTo(2);
    var document = new ObjectMapper().readTree(out.toString(UTF_8));
    assertThat(document.get("schema").intValue()).isEqualTo(1);
    assertThat(document.get("exit").intValue()).isEqualTo(2);
    assertThat(document.get("error").get("code").intValue()).isEqualTo(2);
    assertThat(document.get("error").get("name").textValue()).isEqualTo("usage");
    assertThat(document.get("error").get("message").textValue()).contains("--wait");
    assertThat(document.get("error").get("try").textValue()).isEqualTo("billing --help");
  }

  @Test
  void whatAnOperatorCanMendHasNoStack() {
    assertThat(runWith("fail", "--as", "operator")).isEqualTo(5);
    assertThat(err.toString(UTF_8))
        .isEqualTo(
            """
            billing: another run holds the lock:
                     run 7 on app1
                try: billing status
            """);
  }

  @Test
  void aBugHasAReportLineAndItsStackOnlyWithV() {
    assertThat(runWith("fail", "--as", "bug")).isEqualTo(1);
    assertThat(err.toString(UTF_8))
        .startsWith("billing: a bug in billing ")
        .contains("IllegalStateException at billing.cli.MainTest$Fail.run(MainTest.java:")
        .doesNotContain("a secret")
        .hasLineCount(2);
    err.reset();
    assertThat(runWith("-v", "fail", "--as", "bug")).isEqualTo(1);
    assertThat(err.toString(UTF_8)).contains("\tat billing.cli.MainTest$Fail.run");
  }

  @Test
  void troubleOfThePackagesBelowHasItsExitCode() {
    assertThat(runWith("fail", "--as", "database")).isEqualTo(7);
    assertThat(runWith("fail", "--as", "url")).isEqualTo(2);
    assertThat(err.toString(UTF_8))
        .isEqualTo(
            """
            billing: the server is gone: start it
                try: the same command once the database is back; that is always safe
            billing: db.url: no
            """);
  }

  @Test
  void anArgumentMayBeginWithAnAt() {
    assertThat(runWith("fail", "--as", "@/etc/hostname")).isZero();
    assertThat(out.toString(UTF_8)).contains("@/etc/hostname");
  }

  @Test
  void anErrorOfTheMachineIsABugToo() {
    assertThat(runWith("fail", "--as", "error", "--json")).isEqualTo(1);
    assertThat(out.toString(UTF_8)).contains("\"command\" : \"fail\"", "\"name\" : \"bug\"");
  }

  @Test
  void commonOptionsStandBeforeOrAfterTheCommand() {
    assertThat(runWith("--wait", "2m", "fail", "--as", "wait")).isZero();
    assertThat(runWith("fail", "--as", "wait", "--wait", "2m")).isZero();
    assertThat(out.toString(UTF_8)).isEqualTo("PT2M\nPT2M\n");
  }

  @Test
  void noColorMeansNone() {
    assertThat(runWith("fail", "--as", "color")).isZero();
    assertThat(runWith("fail", "--as", "color", "--no-color")).isZero();
    assertThat(out.toString(UTF_8)).isEqualTo("\u001b[31mred\u001b[0m\nred\n");
  }

  @Test
  void librariesNeverLogAtDebug() {
    Logging.start(true);
    assertThat(System.getProperty("org.slf4j.simpleLogger.defaultLogLevel")).isEqualTo("info");
    Logging.start(false);
    assertThat(System.getProperty("org.slf4j.simpleLogger.defaultLogLevel")).isEqualTo("warn");
  }

  private int run(String... args) {
    return Main.run(args, console, Map.of());
  }

  private int runWith(String... args) {
    return Main.run(args, console, Map.of(), List.of(Fail.class));
  }

  @Command(name = "fail")
  static final class Fail implements Subcommand {

    private final Invocation invocation;

    @Option(names = "--as")
    private String as = "";

    Fail(Invocation invocation) {
      this.invocation = invocation;
    }

    @Override
    public ExitCode run() {
      switch (as) {
        case "operator" ->
            throw new OperatorError(
                ExitCode.LOCKED, "another run holds the lock:\nrun 7 on app1", "billing status");
        case "bug" -> throw new IllegalStateException("a secret");
        case "database" ->
            throw new DatabaseTrouble(
                DatabaseTrouble.Kind.UNREACHABLE, "the server is gone: start it");
        case "url" -> throw new DatabaseTrouble(DatabaseTrouble.Kind.SETTINGS, "db.url: no");
        case "error" -> throw new StackOverflowError();
        case "wait" -> invocation.console().out().println(invocation.patience());
        case "color" -> invocation.console().out().println(invocation.console().alarming("red"));
        default -> invocation.console().out().println(as);
      }
      return ExitCode.DONE;
    }
  }
}
