package billing.cli;

import billing.cli.Settings.Charge;
import billing.gateway.GatewaySettings;
import billing.gateway.Gateways;
import billing.mail.MailSettings;
import billing.mail.Mailbox;
import billing.model.Timings;
import billing.store.DatabaseSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the settings, a section at a time. A section with a problem is empty. */
final class SettingsSections {

  private static final String TEXT = "\\P{Cntrl}{1,255}";
  private static final String NO_BLANKS = "[!-~]{1,255}";
  private static final Duration ANY = Duration.ofDays(2);

  private final SettingsReader reader;
  private final @Nullable Path file;

  SettingsSections(SettingsReader reader, @Nullable Path file) {
    this.reader = reader;
    this.file = file;
  }

  Optional<Settings> all() {
    var database = database();
    var owner = owner(database);
    var kind =
        reader.read(
            SettingKey.GATEWAY_KIND, text -> Optional.of(text).filter(Gateways.kinds()::contains));
    var gateway = gateway(kind);
    var rate = reader.read(SettingKey.GATEWAY_RATE, SettingValues.number(0, 10_000));
    var charge = charge();
    var recoveryWait =
        reader.read(
            SettingKey.RECOVERY_WAIT, SettingValues.duration(Duration.ZERO, Duration.ofDays(1)));
    var mail = mail();
    var templates = reader.read(SettingKey.MAIL_TEMPLATES, SettingValues.existingFolder(file));
    var appSql = reader.read(SettingKey.APP_SQL_DIR, SettingValues.existingFolder(file));
    var stateDir = reader.read(SettingKey.STATE_DIR, SettingValues.path(file));
    var stateHost =
        reader.read(SettingKey.STATE_HOST, SettingValues.matching("[A-Za-z0-9._-]{1,64}"));
    return ifSound(() ->
        new Settings(
            file,
            database.orElseThrow(),
            owner.orElseThrow(),
            kind.orElseThrow(),
            gateway.orElseThrow(),
            rate.map(OptionalInt::of).orElse(OptionalInt.empty()),
            charge.orElseThrow(),
            recoveryWait.orElseThrow(),
            mail.orElseThrow(),
            templates.orElse(null),
            appSql.orElse(null),
            stateDir.orElseThrow(),
            stateHost.orElse(null)));
  }

  private Optional<DatabaseSettings> database() {
    var url = reader.read(SettingKey.DB_URL, SettingValues.matching(NO_BLANKS));
    var user = reader.read(SettingKey.DB_USER, SettingValues.matching(TEXT));
    var password = reader.read(SettingKey.DB_PASSWORD, SettingValues.matching(TEXT));
    url.flatMap(DatabaseSettings::objection)
        .ifPresent(objection ->
            reader.problem(SettingKey.DB_URL, objection.replaceFirst("^db.url: ", "")));
    return ifSound(
        () -> new DatabaseSettings(url.orElseThrow(), user.orElseThrow(), password.orElseThrow()));
  }

  private Optional<DatabaseSettings> owner(Optional<DatabaseSettings> nightly) {
    var user = reader.read(SettingKey.DB_MIGRATE_USER, SettingValues.matching(TEXT));
    var password = reader.read(SettingKey.DB_MIGRATE_PASSWORD, SettingValues.matching(TEXT));
    return nightly.map(same ->
        new DatabaseSettings(
            same.url(), user.orElse(same.user()), password.orElse(same.password())));
  }

  private Optional<GatewaySettings> gateway(Optional<String> kind) {
    var ownUrl = reader.read(SettingKey.GATEWAY_URL, SettingValues::gatewayUrl);
    var key = reader.read(SettingKey.GATEWAY_KEY, SettingValues.matching(NO_BLANKS));
    var concurrency = reader.read(SettingKey.GATEWAY_CONCURRENCY, SettingValues.number(1, 1000));
    var timeout =
        reader.read(
            SettingKey.GATEWAY_TIMEOUT,
            SettingValues.duration(Duration.ofSeconds(1), Duration.ofMinutes(10)));
    var timings = reader.read(SettingKey.GATEWAY_TIMINGS, Timings::parse);
    Optional<URI> url = ownUrl.or(() -> kind.map(Gateways::defaultUrl));
    if (timings.isPresent() && url.filter(SettingValues::isLoopback).isEmpty()) {
      reader.problem(
          SettingKey.GATEWAY_TIMINGS,
          "taken only where gateway.url is on this machine (127.0.0.1, [::1], localhost)");
    }
    return ifSound(() ->
        new GatewaySettings(
            url.orElseThrow(),
            key.orElseThrow(),
            concurrency.orElseThrow(),
            timeout.orElseThrow(),
            timings.orElse(null)));
  }

  private Optional<Charge> charge() {
    var prefix = reader.read(SettingKey.CHARGE_PREFIX, SettingValues.matching("[A-Z0-9]{1,4}"));
    var zone = reader.read(SettingKey.CHARGE_ZONE, SettingValues::zone);
    var retryDays = reader.read(SettingKey.CHARGE_RETRY_DAYS, SettingValues::retryDays);
    var maxAmounts = reader.amounts(SettingKey.CHARGE_MAX_AMOUNT);
    var maxTotals = reader.amounts(SettingKey.CHARGE_MAX_TOTAL);
    var maxDeclines = reader.read(SettingKey.CHARGE_MAX_DECLINES, SettingValues.number(1, 100));
    var maxDoubts = reader.read(SettingKey.CHARGE_MAX_DOUBTS, SettingValues.number(1, 100_000));
    var stopAfter =
        reader.read(
            SettingKey.CHARGE_STOP_AFTER, SettingValues.duration(Duration.ofSeconds(1), ANY));
    var cutoverDays = reader.read(SettingKey.CHARGE_CUTOVER_DAYS, SettingValues.number(0, 365));
    return ifSound(() ->
        new Charge(
            prefix.orElseThrow(),
            zone.orElseThrow(),
            retryDays.orElseThrow(),
            maxAmounts,
            maxTotals,
            maxDeclines.orElseThrow(),
            maxDoubts.orElseThrow(),
            stopAfter.orElse(null),
            cutoverDays.orElseThrow()));
  }

  private Optional<MailSettings> mail() {
    var host =
        reader.read(SettingKey.MAIL_HOST, SettingValues.matching("[A-Za-z0-9.:\\[\\]-]{1,255}"));
    var port = reader.read(SettingKey.MAIL_PORT, SettingValues.number(1, SettingValues.MOST_PORT));
    var user = reader.read(SettingKey.MAIL_USER, SettingValues.matching(TEXT));
    var password = reader.read(SettingKey.MAIL_PASSWORD, SettingValues.matching(TEXT));
    var from = reader.read(SettingKey.MAIL_FROM, Mailbox::parse);
    var tls = reader.read(SettingKey.MAIL_TLS, SettingsSections::tls);
    if (user.isPresent() != password.isPresent()) {
      reader.problem(
          user.isPresent() ? SettingKey.MAIL_USER : SettingKey.MAIL_PASSWORD,
          "mail.user and mail.password go together, and one of them is not set");
    }
    if (user.isPresent()
        && tls.filter(MailSettings.Tls.NONE::equals).isPresent()
        && host.filter(SettingValues::isLoopback).isEmpty()) {
      reader.problem(
          SettingKey.MAIL_TLS, "with none, mail.password would cross the network in the clear");
    }
    return ifSound(() ->
        new MailSettings(
            host.orElseThrow(),
            port.orElseThrow(),
            user.orElse(null),
            password.orElse(null),
            from.orElseThrow(),
            tls.orElseThrow()));
  }

  private static Optional<MailSettings.Tls> tls(String text) {
    return Arrays.stream(MailSettings.Tls.values())
        .filter(tls -> tls.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst();
  }

  /** A record that is stricter than we are says so in the words of a settings error. */
  private <T> Optional<T> ifSound(Supplier<T> section) {
    if (!reader.problems().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(section.get());
    } catch (IllegalArgumentException refused) {
      var words = String.valueOf(refused.getMessage()).split(": ", 2);
      var name = SettingKey.named(words[0]).orElseThrow(() -> refused);
      reader.problem(name.key(), words[words.length - 1]);
      return Optional.empty();
    }
  }
}
