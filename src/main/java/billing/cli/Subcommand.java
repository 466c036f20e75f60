package billing.cli;

/**
 * What every subcommand is: a class with picocli's annotations and a constructor that takes the
 * {@link Invocation}. It prints its result and answers with the exit code; it throws {@link
 * OperatorError} where an operator must act.
 */
interface Subcommand {

  ExitCode run();
}
