package billing.run;

import billing.gateway.Gateway;
import billing.model.AttemptState;
import billing.rules.Resolution.Allowed;
import billing.rules.ResolveRules;
import billing.store.Database;
import billing.store.Decisions;
import billing.store.Decisions.Kind;
import billing.store.History;
import billing.store.History.Chapter;
import billing.store.Installation;
import billing.store.Resolutions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether an invoice that was charged is charged once more. */
final class AgainMatter implements Matter {

  private final Database database;
  private final Gateway gateway;
  private final Installation installation;
  private final ResolveOrder.ChargeAgain order;
  private final String because;
  private @Nullable Chapter settled;

  AgainMatter(
      Database database,
      Gateway gateway,
      Installation installation,
      ResolveOrder.ChargeAgain order,
      String because) {
    this.database = database;
    this.gateway = gateway;
    this.installation = installation;
    this.order = order;
    this.because = because;
  }

  @Override
  public Optional<String> before() {
    var story = new History(database).story(order.invoiceId());
    if (story.isEmpty()) {
      throw Verdicts.unknown(
          "attempt of invoice " + order.invoiceId(),
          "billing charge --dry-run, which lists what" + " is due");
    }
    var charged =
        story.stream()
            .filter(chapter -> chapter.attempt().state() == AttemptState.SETTLED)
            .toList();
    if (charged.isEmpty()) {
      throw Verdicts.refused(
          "invoice %s was never charged, so nothing is to be released".formatted(order.invoiceId()),
          "billing show " + order.invoiceId());
    }
    // The one that pays it, wherever it stands among those that were released.
    settled =
        charged.stream()
            .filter(chapter -> !chapter.released())
            .findFirst()
            .orElse(charged.getLast());
    return settled.released() ? Optional.of(released(settled)) : Optional.empty();
  }

  private String released(Chapter chapter) {
    var who =
        new Decisions(database)
            .latest(List.of(Kind.CHARGE_AGAIN), order.invoiceId())
            .map(made -> " by " + made.byUser() + " at " + made.at() + ": " + made.because())
            .orElse("");
    return "%s is released already%s. Invoice %s is charged by the next run if it is due then"
        .formatted(chapter.attempt().key(), who, order.invoiceId());
  }

  @Override
  public String decide(Resolutions resolutions) {
    if (settled == null) {
      throw new IllegalStateException("invoice " + order.invoiceId() + " was not looked at");
    }
    var attempt = settled.attempt();
    var inquest = new Inquest(database, gateway, installation, order.invoiceId());
    var verdict =
        ResolveRules.chargeAgain(
            attempt, inquest.unasked(), inquest.unblocked(), order.althoughNotRefunded());
    Verdicts.allowed(verdict);
    var says = verdict instanceof Allowed<?>(var what, var words) ? words : "";
    Verdicts.written(
        resolutions.release(
            attempt.key(),
            order.invoiceId(),
            new Decisions.Decision(
                Kind.CHARGE_AGAIN,
                order.invoiceId(),
                because,
                order.althoughNotRefunded() ? "although not refunded; " + says : says)));
    return "%s is released: invoice %s is charged once more, by the next run, if it is due then"
        .formatted(attempt.key(), order.invoiceId());
  }

  @Override
  public String invoiceId() {
    return order.invoiceId();
  }

  @Override
  public boolean tells() {
    return false;
  }
}
