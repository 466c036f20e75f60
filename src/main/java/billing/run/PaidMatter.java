package billing.run;

import billing.gateway.Gateway;
import billing.model.AdoptionVerdict.Adopt;
import billing.model.Currency;
import billing.model.GatewayReply.Approved;
import billing.rules.ElsewhereRules;
import billing.rules.PaidRules;
import billing.rules.Resolution;
import billing.rules.Resolution.Allowed;
import billing.store.Decisions.Kind;
import billing.store.Resolutions;
import billing.store.Resolved;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** That a charge from elsewhere paid the invoice: it is adopted and booked. */
final class PaidMatter implements Matter {

  private final DifferenceMatter difference;
  private final Gateway gateway;
  private final PaidRules rules;
  private final LocalDate today;
  private final String transactionId;

  /**
   * @param today on which it is booked, in the business's time zone
   */
  PaidMatter(
      DifferenceMatter difference,
      Gateway gateway,
      PaidRules rules,
      LocalDate today,
      String transactionId) {
    this.difference = difference;
    this.gateway = gateway;
    this.rules = rules;
    this.today = today;
    this.transactionId = transactionId;
  }

  @Override
  public Optional<String> before() {
    return difference.before();
  }

  @Override
  public String decide(Resolutions resolutions) {
    var invoiceId = String.valueOf(difference.invoiceId());
    var currency = currency(resolutions, invoiceId);
    var verdict = rules.atTheGateway(transactionId, gateway.look(transactionId, currency));
    var approved = Verdicts.allowed(verdict).orElseThrow();
    var says = verdict instanceof Allowed<Approved>(var what, var words) ? words : "";
    var judged = new AtomicReference<Resolution<Adopt>>();
    var resolved =
        resolutions.adopt(
            difference.id(),
            invoiceId,
            approved,
            ElsewhereRules.payable(today),
            difference.decision(Kind.ALREADY_PAID, says),
            facts -> {
              judged.set(rules.adopt(approved, facts, today));
              return judged.get() instanceof Allowed<Adopt>(var adopt, var words)
                  ? Optional.of(adopt)
                  : Optional.empty();
            });
    if (resolved instanceof Resolved.Moved && judged.get() != null) {
      Verdicts.allowed(judged.get());
    }
    Verdicts.written(resolved);
    return "transaction %s is adopted and booked as the payment of invoice %s: %s"
        .formatted(transactionId, invoiceId, approved.echo().amount());
  }

  private Currency currency(Resolutions resolutions, String invoiceId) {
    return resolutions
        .due(invoiceId, ElsewhereRules.payable(today))
        .flatMap(due -> Currency.of(due.currency()))
        .orElseThrow(() ->
            Verdicts.refused(
                "invoice %s is not open, or not due for months, so nothing has paid it"
                    .formatted(invoiceId),
                ("enter %s in the app's books if it did, and the difference goes by itself; where"
                     + " they have that payment under another name: billing resolve --difference %d"
                     + " --charge-it --because TEXT, which charges nothing that is not due")
                    .formatted(transactionId, difference.id())));
  }

  @Override
  public @Nullable String invoiceId() {
    return difference.invoiceId();
  }

  /** Whoever took the money has told the customer. */
  @Override
  public boolean tells() {
    return false;
  }
}
