package billing.mail;

/** A template that cannot be used. The message is one line for the operator. */
public final class TemplateTrouble extends RuntimeException {

  TemplateTrouble(String message) {
    super(message);
  }

  TemplateTrouble(String message, Throwable cause) {
    super(message, cause);
  }
}
