package billing.cli;

import billing.gateway.Gateway;
import billing.gateway.Gateways;
import billing.mail.Postman;
import billing.mail.Templates;
import billing.model.Currency;
import billing.model.Money;
import billing.run.ChargeSettings;
import billing.run.Host;
import billing.store.Database;
import java.time.InstantSource;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** Opens the parts of the program as the settings say. */
final class Parts {

  /** One for claims and noes, one for bookings, one for reading. */
  private static final int SESSIONS = 3;

  private Parts() {}

  static Database open(Settings settings) {
    return Database.open(settings.database(), SESSIONS);
  }

  static Gateway gateway(Settings settings) {
    return Gateways.open(settings.gatewayKind(), settings.gateway());
  }

  static Postman postman(Settings settings) {
    var templates =
        Templates.load(settings.templates(), settings.charge().zone(), settings.mail().from());
    return new Postman(settings.mail(), templates, InstantSource.system());
  }

  static ChargeSettings charge(Settings settings, int requestsPerSecond) {
    var charge = settings.charge();
    return new ChargeSettings(
        charge.prefix(),
        charge.zone(),
        charge.retryDays(),
        minor(charge.maxAmounts()),
        minor(charge.maxTotals()),
        charge.maxDeclines(),
        charge.maxDoubts(),
        charge.stopAfter(),
        charge.cutoverDays(),
        settings.recoveryWait(),
        settings.gateway().concurrency(),
        settings.gatewayRate().orElse(requestsPerSecond),
        settings.gateway().timeout(),
        settings.appSql(),
        settings.stateDir(),
        Host.identity(settings.stateHost()));
  }

  private static Map<Currency, Long> minor(SortedMap<Currency, Money> amounts) {
    return amounts.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().minor()));
  }
}
