package billing.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the subcommands: each is given the invocation that it belongs to. */
record Commands(Invocation invocation) implements IFactory {

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (Subcommand.class.isAssignableFrom(type)) {
      return type.getDeclaredConstructor(Invocation.class).newInstance(invocation);
    }
    return CommandLine.defaultFactory().create(type);
  }
}
