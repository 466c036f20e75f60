package billing.cli;

import billing.model.Money;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --json} prints: one document, whose fields are only ever added to within schema 1.
 * Amounts as strings and in minor units, times in UTC.
 */
final class Json {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  /**
   * A document that a command of ours has written.
   *
   * @throws IllegalStateException where it is none
   */
  static JsonNode read(String document) {
    try {
      return MAPPER.readTree(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not a document of ours", e);
    }
  }

  /** The beginning of every document. */
  static ObjectNode document(String command, ExitCode exit) {
    return MAPPER
        .createObjectNode()
        .put("schema", 1)
        .put("command", command)
        .put("exit", exit.code());
  }

  /** Adds an amount to an object: {@code "currency":"USD","amount":"7214.00","minor":721400}. */
  static ObjectNode put(ObjectNode object, Money money) {
    return object
        .put("currency", money.currency().code())
        .put("amount", money.major().toPlainString())
        .put("minor", money.minor());
  }

  static void lines(ObjectNode object, String name, List<String> lines) {
    var array = object.putArray(name);
    lines.forEach(array::add);
  }

  static void print(PrintStream out, ObjectNode document) {
    try {
      out.println(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  static void printFailure(
      PrintStream out, String command, ExitCode exit, String message, @Nullable String remedy) {
    var document = document(command, exit);
    error(document, exit, message, remedy);
    print(out, document);
  }

  /** Why it did not end with 0. */
  static void error(ObjectNode document, ExitCode exit, String message, @Nullable String remedy) {
    document
        .putObject("error")
        .put("code", exit.code())
        .put("name", exit.label())
        .put("message", message)
        .put("try", remedy);
  }
}
