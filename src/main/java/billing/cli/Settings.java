package billing.cli;

import billing.cli.SettingsFile.Problem;
import billing.gateway.GatewaySettings;
import billing.mail.MailSettings;
import billing.model.Currency;
import billing.model.Money;
import billing.store.DatabaseSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an operator can set, checked: a wrong setting ends the program before the first
 * row. Its text shows no secret.
 *
 * @param file null where all came from the environment
 * @param owner the schema's owner, for {@code migrate}
 * @param gatewayKind {@code stripe}, {@code nmi}
 * @param gatewayRate requests a second, 0 for no limit; empty: what the vendor allows
 * @param recoveryWait how long a run waits for doubts
 * @param templates null: the bundled ones
 * @param appSql null: the bundled ones
 * @param stateHost null: the machine's own identity
 */
record Settings(
    @Nullable Path file,
    DatabaseSettings database,
    DatabaseSettings owner,
    String gatewayKind,
    GatewaySettings gateway,
    OptionalInt gatewayRate,
    Charge charge,
    Duration recoveryWait,
    MailSettings mail,
    @Nullable Path templates,
    @Nullable Path appSql,
    Path stateDir,
    @Nullable String stateHost) {

  /**
   * What and how much is charged.
   *
   * @param maxDeclines per cent
   * @param stopAfter null: a run may take as long as it needs
   * @param cutoverDays how far the first comparison with the gateway looks back
   */
  record Charge(
      String prefix,
      ZoneId zone,
      List<Integer> retryDays,
      SortedMap<Currency, Money> maxAmounts,
      SortedMap<Currency, Money> maxTotals,
      int maxDeclines,
      int maxDoubts,
      @Nullable Duration stopAfter,
      int cutoverDays) {}

  /**
   * Reads the file (the one named, else $BILLING_CONFIG, ./billing.properties,
   * /etc/billing/billing.properties) and the environment, which beats it.
   *
   * @throws OperatorError with every problem at once
   */
  static Settings load(
      @Nullable Path named, Map<String, String> environment, Path workingDirectory) {
    var given = GivenSettings.collect(named, environment, workingDirectory);
    if (given.file() == null && given.values().isEmpty() && given.problems().isEmpty()) {
      throw new OperatorError(
          ExitCode.USAGE,
          "there are no settings: no --config, no BILLING_ variables, no ./billing.properties, no"
              + " /etc/billing/billing.properties",
          "write one as docs/settings.md shows");
    }
    var reader = new SettingsReader(given);
    var settings = new SettingsSections(reader, given.file()).all();
    return settings.orElseThrow(() -> wrong(reader.problems()));
  }

  private static OperatorError wrong(List<Problem> all) {
    var what = all.size() == 1 ? "a setting is" : all.size() + " settings are";
    return new OperatorError(
        ExitCode.USAGE,
        what
            + " missing or wrong; nothing was done\n"
            + all.stream().map(Problem::toString).collect(Collectors.joining("\n")),
        "mend it; docs/settings.md describes every setting");
  }
}
