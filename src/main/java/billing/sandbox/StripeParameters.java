package billing.sandbox;

import java.util.Set;

/** The parameters by which a PaymentIntent is created (API reference, "Create a PaymentIntent"). */
final class StripeParameters {

  private static final Set<String> CREATE =
      Set.of(
          "amount",
          "currency",
          "customer",
          "payment_method",
          "confirm",
          "off_session",
          "description",
          "capture_method",
          "confirmation_method",
          "error_on_requires_action",
          "receipt_email",
          "return_url",
          "setup_future_usage",
          "statement_descriptor",
          "statement_descriptor_suffix",
          "transfer_group",
          "metadata",
          "expand",
          "payment_method_types",
          "payment_method_options",
          "automatic_payment_methods");

  private StripeParameters() {}

  /** Refuses a form with a parameter that Stripe does not know, as Stripe does. */
  static void check(Form form) {
    for (var name : form.names()) {
      var bracket = name.indexOf('[');
      if (!CREATE.contains(bracket < 0 ? name : name.substring(0, bracket))) {
        throw StripeError.invalid("parameter_unknown", name, "Received unknown parameter: " + name);
      }
    }
  }
}
