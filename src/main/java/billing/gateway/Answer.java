package billing.gateway;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one HTTP exchange. Whether the request's body began to leave is told apart by a
 * flag that is set when its first byte is written, never by the class of an exception.
 */
public sealed interface Answer {

  /**
   * A whole reply, whatever it says.
   *
   * @param headers the first value of each, by lower-case name
   */
  record Reply(int status, Map<String, String> headers, String body) implements Answer {

    public @Nullable String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /** Whether the reply said where its body ends; else it may have been cut off. */
    public boolean saysItsEnd() {
      return headers.containsKey("content-length") || headers.containsKey("transfer-encoding");
    }

    /** Without the body: it may name a customer. */
    @Override
    public String toString() {
      return "HTTP " + status + ", " + body.length() + " characters";
    }
  }

  /** Proof that no byte of the body was written. */
  record NeverLeft(String why) implements Answer {}

  /** The body began to leave, and no whole reply came back. */
  record Lost(String why) implements Answer {}
}
