package billing.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Every setting there is: its key, its default, what is expected of it and what it means. Drives
 * the parsing, the error messages and docs/settings.md.
 */
enum SettingKey {
  DB_URL(
      "db.url",
      Presence.REQUIRED,
      "required",
      "jdbc:mysql://HOST:PORT/SCHEMA",
      "The schema of billing's own tables: the app's, or one of its own on the same server."),
  DB_USER(
      "db.user",
      Presence.REQUIRED,
      "required",
      "a database user",
      "The nightly user, who has no DDL."),
  DB_PASSWORD("db.password", Presence.REQUIRED, "required", "its password", "Its password.", true),
  DB_MIGRATE_USER(
      "db.migrate-user",
      Presence.OPTIONAL,
      "the same",
      "a database user",
      "The schema's owner, for `billing migrate` alone."),
  DB_MIGRATE_PASSWORD(
      "db.migrate-password", Presence.OPTIONAL, "the same", "its password", "Its password.", true),
  GATEWAY_KIND(
      "gateway.kind",
      Presence.REQUIRED,
      "required",
      "stripe or nmi",
      "The payment gateway that charges."),
  GATEWAY_URL(
      "gateway.url",
      Presence.OPTIONAL,
      "the vendor's",
      "an https URL without query (http only to 127.0.0.1, [::1] or localhost)",
      "The base to which the adapter adds its paths."),
  GATEWAY_KEY(
      "gateway.key",
      Presence.REQUIRED,
      "required",
      "printable ASCII without blanks",
      "The account's secret key.",
      true),
  GATEWAY_TIMINGS(
      "gateway.timings",
      Presence.OPTIONAL,
      "the adapter's",
      "the line that the sandbox prints; only where gateway.url is on this machine",
      "A sandbox's shorter timings."),
  GATEWAY_CONCURRENCY(
      "gateway.concurrency",
      Presence.DEFAULTED,
      "32",
      "a number from 1 to 1000",
      "Requests at once."),
  GATEWAY_RATE(
      "gateway.rate",
      Presence.OPTIONAL,
      "what the vendor allows",
      "a number from 0 to 10000",
      "Requests a second; 0: no limit."),
  GATEWAY_TIMEOUT(
      "gateway.timeout",
      Presence.DEFAULTED,
      "80s",
      "a duration from 1s to 10m",
      "The deadline of one whole exchange with the gateway."),
  CHARGE_PREFIX(
      "charge.prefix",
      Presence.REQUIRED,
      "required",
      "1 to 4 of A-Z and 0-9",
      "Begins every charge key; unique per gateway account, and never changed."),
  CHARGE_ZONE(
      "charge.zone",
      Presence.REQUIRED,
      "required",
      "a time zone such as Europe/Berlin or UTC",
      "The business's time zone, in which a date begins."),
  CHARGE_RETRY_DAYS(
      "charge.retry-days",
      Presence.DEFAULTED,
      "3,5,7",
      "rising numbers of days from 1 to 365, such as 3,5,7, or none",
      "Days after the first decline on which a declined invoice is tried again."),
  CHARGE_MAX_AMOUNT(
      "charge.max-amount.XXX",
      Presence.OPTIONAL,
      "none",
      "an amount in major units, such as 5000.00, for an ISO 4217 currency",
      "The most that one invoice may ask for in that currency; above it waits for a person."),
  CHARGE_MAX_TOTAL(
      "charge.max-total.XXX",
      Presence.OPTIONAL,
      "none",
      "an amount in major units, such as 250000, for an ISO 4217 currency",
      "The most that is claimed for one date in that currency, declines aside."),
  CHARGE_MAX_DECLINES(
      "charge.max-declines",
      Presence.DEFAULTED,
      "50",
      "per cent, from 1 to 100",
      "Declines among a run's outcomes, from 20 on, at which it ends its sending."),
  CHARGE_MAX_DOUBTS(
      "charge.max-doubts",
      Presence.DEFAULTED,
      "100",
      "a number from 1 to 100000",
      "Doubts that were looked up in vain, above which a run ends its sending; not those that the"
          + " gateway holds past their horizon from earlier runs."),
  CHARGE_STOP_AFTER(
      "charge.stop-after",
      Presence.OPTIONAL,
      "none",
      "a duration such as 3h",
      "A run's longest time; what is left is charged by the next."),
  CHARGE_CUTOVER_DAYS(
      "charge.cutover-days",
      Presence.DEFAULTED,
      "10",
      "a number from 0 to 365",
      "How many days the first comparison with the gateway looks back."),
  RECOVERY_WAIT(
      "recovery.wait",
      Presence.DEFAULTED,
      "2m",
      "a duration from 0s to 1d",
      "How long a run waits for doubts before it leaves them to the next."),
  MAIL_HOST(
      "mail.host",
      Presence.REQUIRED,
      "required",
      "a host name",
      "The mail server that takes the mail."),
  MAIL_PORT("mail.port", Presence.DEFAULTED, "587", "a port from 1 to 65535", "Its port."),
  MAIL_USER("mail.user", Presence.OPTIONAL, "none", "a user name", "Who we log in as there."),
  MAIL_PASSWORD("mail.password", Presence.OPTIONAL, "none", "its password", "Its password.", true),
  MAIL_FROM(
      "mail.from",
      Presence.REQUIRED,
      "required",
      "an address such as Example Ltd <billing@example.com>",
      "The sender of every mail."),
  MAIL_TLS(
      "mail.tls",
      Presence.DEFAULTED,
      "starttls",
      "starttls, tls or none",
      "`starttls` is required then, and never silently left out."),
  MAIL_TEMPLATES(
      "mail.templates",
      Presence.OPTIONAL,
      "the bundled ones",
      "a folder that exists",
      "The folder of the mail templates."),
  APP_SQL_DIR(
      "app.sql.dir",
      Presence.OPTIONAL,
      "the bundled ones",
      "a folder that exists",
      "The folder of the SQL files that fit the invoicing app's tables."),
  STATE_DIR(
      "state.dir",
      Presence.REQUIRED,
      "required",
      "a folder",
      "Where this host's witness lies: on a disk that stays, outside the database's backups."),
  STATE_HOST(
      "state.host",
      Presence.OPTIONAL,
      "the machine's",
      "up to 64 of letters, digits, dot, hyphen and underscore",
      "This host's name, where the machine's identity does not last.");

  /** The last part of a key that stands for any currency. */
  private static final String ANY_CURRENCY = ".XXX";

  private final String key;
  private final Presence presence;
  private final String fallback;
  private final String expected;
  private final String meaning;
  private final boolean secret;

  SettingKey(String key, Presence presence, String fallback, String expected, String meaning) {
    this(key, presence, fallback, expected, meaning, false);
  }

  SettingKey(
      String key,
      Presence presence,
      String fallback,
      String expected,
      String meaning,
      boolean secret) {
    this.key = key;
    this.presence = presence;
    this.fallback = fallback;
    this.expected = expected;
    this.meaning = meaning;
    this.secret = secret;
  }

  /** What holds where a setting is not set. */
  enum Presence {
    REQUIRED,
    /** Something that its wording says. */
    OPTIONAL,
    /** Its wording, as if that had been set. */
    DEFAULTED
  }

  /**
   * A setting as it may be written.
   *
   * @param currency the code at the end of a key that is there once per currency; else empty
   */
  record Name(SettingKey key, String currency) {}

  String key() {
    return key;
  }

  /** What holds where nothing is set, as if it had been set; empty where nothing does. */
  Optional<String> fallback() {
    return presence == Presence.DEFAULTED ? Optional.of(fallback) : Optional.empty();
  }

  boolean required() {
    return presence == Presence.REQUIRED;
  }

  String expected() {
    return expected;
  }

  boolean secret() {
    return secret;
  }

  boolean perCurrency() {
    return key.endsWith(ANY_CURRENCY);
  }

  String variable() {
    return "BILLING_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** Its row in docs/settings.md. */
  String row() {
    var environment = "`" + variable() + "`" + (secret ? " or `" + variable() + "_FILE`" : "");
    return "| `%s` | %s | %s | %s | %s |"
        .formatted(key, fallback, expected.replace("<", "&lt;"), meaning, environment);
  }

  /** The setting with this key in a settings file. */
  static Optional<Name> named(String text) {
    return find(text, SettingKey::key, ".");
  }

  /** The setting with this environment variable. */
  static Optional<Name> ofVariable(String text) {
    return find(text, SettingKey::variable, "_");
  }

  static List<SettingKey> secrets() {
    return Arrays.stream(values()).filter(SettingKey::secret).toList();
  }

  private static Optional<Name> find(
      String text, java.util.function.Function<SettingKey, String> spelling, String separator) {
    for (var candidate : values()) {
      var written = spelling.apply(candidate);
      if (!candidate.perCurrency()) {
        if (text.equals(written)) {
          return Optional.of(new Name(candidate, ""));
        }
        continue;
      }
      var stem = written.substring(0, written.lastIndexOf(separator) + 1);
      if (text.startsWith(stem) && text.length() > stem.length()) {
        return Optional.of(new Name(candidate, text.substring(stem.length())));
      }
    }
    return Optional.empty();
  }
}
