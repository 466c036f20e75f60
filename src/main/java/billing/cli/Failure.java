package billing.cli;

import billing.mail.TemplateTrouble;
import billing.run.RunRefused;
import billing.store.DatabaseTrouble;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Prints how a command failed, for people and, with {@code --json}, for programs; answers with the
 * exit code.
 */
final class Failure {

  private static final String INDENT = "         ";

  private final Invocation invocation;
  private final List<String> args;

  Failure(Invocation invocation, List<String> args) {
    this.invocation = invocation;
    this.args = List.copyOf(args);
  }

  /**
   * @param command the subcommand's name
   */
  int print(Throwable thrown, String command) {
    return switch (thrown) {
      case OperatorError error -> print(error, command);
      case ParameterException wrong -> print(usage(wrong), wrong.getCommandLine().getCommandName());
      case DatabaseTrouble trouble -> print(operatorError(trouble), command);
      case RunRefused refused ->
          print(
              new OperatorError(
                  ExitCode.of(refused.exitCode()), refused.message(), refused.remedy(again())),
              command);
      case TemplateTrouble trouble ->
          print(new OperatorError(ExitCode.USAGE, message(trouble), null), command);
      default -> printBug(thrown, command);
    };
  }

  private int print(OperatorError error, String command) {
    print(command, error.exitCode(), error.message(), error.remedy());
    if (verbose() && error.getCause() != null) {
      error.getCause().printStackTrace(invocation.console().err());
    }
    return error.exitCode().code();
  }

  private int printBug(Throwable bug, String command) {
    var remedy =
        verbose()
            ? "report it with the lines below"
            : "report it with what the same command says with -v";
    print(
        command, ExitCode.BUG, "a bug in billing " + Version.number() + ": " + where(bug), remedy);
    if (verbose()) {
      bug.printStackTrace(invocation.console().err());
    }
    return ExitCode.BUG.code();
  }

  private void print(String command, ExitCode exit, String message, @Nullable String remedy) {
    var err = invocation.console().err();
    err.println("billing: " + message.replace("\n", "\n" + INDENT));
    if (remedy != null) {
      err.println("    try: " + remedy.replace("\n", "\n" + INDENT));
    }
    if (args.contains("--json")) {
      Json.printFailure(invocation.console().out(), command, exit, message, remedy);
    }
  }

  /** Where options could not be parsed, the field does not have it yet. */
  private boolean verbose() {
    return invocation.verbose() || args.contains("-v") || args.contains("--verbose");
  }

  private static OperatorError operatorError(DatabaseTrouble trouble) {
    var error = new OperatorError(exitCode(trouble), message(trouble), remedy(trouble));
    error.initCause(trouble);
    return error;
  }

  private static ExitCode exitCode(DatabaseTrouble trouble) {
    if (trouble.kind() == DatabaseTrouble.Kind.WENT_BACK) {
      return ExitCode.REFUSED;
    }
    return trouble.kind() == DatabaseTrouble.Kind.SETTINGS ? ExitCode.USAGE : ExitCode.DATABASE;
  }

  /** Where the message itself does not say what to do. */
  private static @Nullable String remedy(DatabaseTrouble trouble) {
    return switch (trouble.kind()) {
      case WENT_BACK -> "billing reconcile";
      case UNREACHABLE, LOST -> "the same command once the database is back; that is always safe";
      case BUSY ->
          "the same command once that session has ended (SHOW PROCESSLIST); that is always safe";
      case LOGIN -> "the same command once db.user and db.password are right";
      case SETTINGS,
          SCHEMA_MISSING,
          SCHEMA_OLDER,
          SCHEMA_NEWER,
          NOT_WRITABLE,
          NOT_DURABLE,
          NOT_STRICT,
          NOT_TRANSACTIONAL,
          GUARD_MISSING,
          GRANT_MISSING,
          APP_SQL ->
          null;
    };
  }

  private static String message(Throwable thrown) {
    return String.valueOf(thrown.getMessage());
  }

  private static OperatorError usage(ParameterException wrong) {
    var command = wrong.getCommandLine().getCommandSpec().qualifiedName();
    var message = message(wrong);
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      var suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        message += "; did you mean " + suggestions.getFirst() + "?";
      }
    }
    return new OperatorError(ExitCode.USAGE, message, command + " --help");
  }

  /** The command as it was given, for a shell; how long to wait for the lock is said anew. */
  private String again() {
    var words = new StringBuilder("billing");
    for (int i = 0; i < args.size(); i++) {
      if (args.get(i).equals("--wait")) {
        i++;
      } else if (!args.get(i).startsWith("--wait=")) {
        words.append(' ').append(Deciding.word(args.get(i)));
      }
    }
    return words.toString();
  }

  /** The kind of failure and the nearest line of ours. No message: it may quote what is secret. */
  private static String where(Throwable bug) {
    return bug.getClass().getSimpleName()
        + Arrays.stream(bug.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith("billing."))
            .findFirst()
            .map(frame -> " at " + frame)
            .orElse("");
  }
}
