package billing.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The program: picks the subcommand, runs it, and turns whatever comes back into an exit code.
 *
 * <p>Nothing heavy is loaded here, so that {@code --help} and the reading commands start fast.
 */
@Command(
    name = "billing",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = CommandLine.ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading =
        "%nExit codes (most serious first: " + ExitCode.MOST_SERIOUS_FIRST + "):%n",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    sortOptions = false,
    subcommands = {
      ChargeCommand.class,
      ReconcileCommand.class,
      NotifyCommand.class,
      StatusCommand.class,
      ShowCommand.class,
      MigrateCommand.class,
      ResolveCommand.class,
      EnrollCommand.class,
      PauseCommand.class,
      ResumeCommand.class,
      DemoCommand.class,
      SandboxCommand.class
    })
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    var environment = System.getenv();
    System.exit(run(args, Console.ofThisProcess(environment), environment));
  }

  /** Runs one command line in this process. */
  static int run(String[] args, Console console, Map<String, String> environment) {
    return run(args, console, environment, List.of());
  }

  /** The same with subcommands that are not the program's own. */
  static int run(
      String[] args,
      Console console,
      Map<String, String> environment,
      List<Class<? extends Subcommand>> more) {
    var invocation = new Invocation(console, environment);
    var failure = new Failure(invocation, Arrays.asList(args));
    try {
      return commandLine(invocation, failure, more).execute(args);
    } catch (Throwable bug) { // the outermost boundary: what picocli itself stumbles over
      return failure.print(bug, "billing");
    }
  }

  private static CommandLine commandLine(
      Invocation invocation, Failure failure, List<Class<? extends Subcommand>> more) {
    var line = new CommandLine(new Main(), new Commands(invocation));
    more.forEach(line::addSubcommand);
    line.addMixin("common", invocation);
    line.setExpandAtFiles(false); // a reason may begin with @ and is no file
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(invocation.console().colour() ? Ansi.ON : Ansi.OFF));
    line.setUsageHelpWidth(Math.min(100, invocation.console().columns()));
    line.setOut(new PrintWriter(invocation.console().out(), true, UTF_8));
    line.setErr(new PrintWriter(invocation.console().err(), true, UTF_8));
    showExitCodes(line);
    line.getSubcommands().values().forEach(Main::showExitCodes);
    line.setExecutionStrategy(parsed -> execute(parsed, invocation, failure));
    line.setParameterExceptionHandler((wrong, args) -> failure.print(wrong, "billing"));
    return line;
  }

  private static void showExitCodes(CommandLine line) {
    line.getCommandSpec().usageMessage().exitCodeList(ExitCode.help());
  }

  private static int execute(ParseResult parsed, Invocation invocation, Failure failure) {
    var help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    var deepest = parsed;
    while (deepest.hasSubcommand()) {
      deepest = deepest.subcommand();
    }
    Logging.start(invocation.verbose());
    if (deepest.commandSpec().userObject() instanceof Subcommand command) {
      try {
        return command.run().code();
      } catch (Throwable thrown) { // the outermost boundary of every command, for an Error too
        return failure.print(thrown, deepest.commandSpec().name());
      }
    }
    throw new ParameterException(deepest.commandSpec().commandLine(), "a command is missing");
  }
}
