package billing.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import billing.model.Currency;
import billing.model.Money;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  private static final String SOUND =
      """
      db.url = jdbc:mysql://127.0.0.1:3306/shop
      db.user = billing
      db.password = db-secret
      gateway.kind = stripe
      gateway.key = sk_test_secret
      charge.prefix = SHOP
      charge.zone = Europe/Berlin
      mail.host = smtp.example.com
      mail.from = billing@example.com
      state.dir = /var/lib/billing
      """;

  @TempDir private Path folder;

  @Test
  void whatIsNotSetHasItsDefault() {
    var settings = load(SOUND);
    assertThat(settings.gateway().url()).hasToString("https://api.stripe.com");
    assertThat(settings.gateway().concurrency()).isEqualTo(32);
    assertThat(settings.gateway().timeout()).isEqualTo(Duration.ofSeconds(80));
    assertThat(settings.gateway().timings()).isNull();
    assertThat(settings.gatewayRate()).isEmpty();
    assertThat(settings.charge().zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(settings.charge().retryDays()).containsExactly(3, 5, 7);
    assertThat(settings.charge().maxDeclines()).isEqualTo(50);
    assertThat(settings.charge().maxDoubts()).isEqualTo(100);
    assertThat(settings.charge().maxAmounts()).isEmpty();
    assertThat(settings.charge().stopAfter()).isNull();
    assertThat(settings.recoveryWait()).isEqualTo(Duration.ofMinutes(2));
    assertThat(settings.mail().port()).isEqualTo(587);
    assertThat(settings.appSql()).isNull();
    assertThat(settings.owner()).isEqualTo(settings.database());
    assertThat(settings.file()).isEqualTo(folder.resolve("billing.properties"));
  }

  @Test
  void theEnvironmentBeatsTheFile() {
    var settings =
        load(
            SOUND,
            Map.of(
                "BILLING_CHARGE_RETRY_DAYS", "1,2",
                "BILLING_CHARGE_MAX_AMOUNT_JPY", "5000",
                "BILLING_HOME", "/opt/billing",
                "BILLING_JAVA", "/opt/jdk",
                "PATH", "/bin"));
    assertThat(settings.charge().retryDays()).containsExactly(1, 2);
    assertThat(settings.charge().maxAmounts().values())
        .extracting(Object::toString)
        .containsExactly("5000 JPY");
  }

  @Test
  void theEnvironmentAloneIsEnough() {
    var environment =
        Map.ofEntries(
            Map.entry("BILLING_DB_URL", "jdbc:mysql://127.0.0.1:3306/shop"),
            Map.entry("BILLING_DB_USER", "billing"),
            Map.entry("BILLING_DB_PASSWORD", "p"),
            Map.entry("BILLING_GATEWAY_KIND", "nmi"),
            Map.entry("BILLING_GATEWAY_KEY", "k"),
            Map.entry("BILLING_CHARGE_PREFIX", "A"),
            Map.entry("BILLING_CHARGE_ZONE", "UTC"),
            Map.entry("BILLING_MAIL_HOST", "localhost"),
            Map.entry("BILLING_MAIL_FROM", "a@example.com"),
            Map.entry("BILLING_STATE_DIR", "/var/lib/billing"));
    var settings = Settings.load(null, environment, folder);
    assertThat(settings.gatewayKind()).isEqualTo("nmi");
    assertThat(settings.file()).isNull();
  }

  @Test
  void aSecretMayLieInAFileOfItsOwn() throws Exception {
    var secret = Files.writeString(folder.resolve("key"), "sk_live_x\n");
    var settings = load(SOUND, Map.of("BILLING_GATEWAY_KEY_FILE", secret.toString()));
    assertThat(settings.gateway().key()).isEqualTo("sk_live_x");
    assertThat(problems(SOUND, Map.of("BILLING_GATEWAY_KEY_FILE", folder + "/none")))
        .containsExactly(
            "environment variable BILLING_GATEWAY_KEY_FILE: gateway.key: the file that it names"
                + " is not there or not readable");
    assertThat(
            problems(
                SOUND,
                Map.of("BILLING_GATEWAY_KEY_FILE", secret.toString(), "BILLING_GATEWAY_KEY", "x")))
        .singleElement()
        .asString()
        .contains("BILLING_GATEWAY_KEY_FILE", "is set by BILLING_GATEWAY_KEY, too");
  }

  @Test
  void onlySecretsMayLieInAFileOfTheirOwn() {
    assertThat(problems(SOUND, Map.of("BILLING_DB_URL_FILE", "/x")))
        .singleElement()
        .asString()
        .contains("there is no setting BILLING_DB_URL_FILE");
  }

  @Test
  void everyProblemIsToldAtOnceWithItsKeyItsPlaceAndWhatWasExpected() {
    var text = SOUND.replace("Europe/Berlin", "Europe/Berln") + "gatway.rate = 3\nmail.port = x\n";
    assertThat(problems(text, Map.of("BILLING_RECOVERY_WAIT", "2 minutes")))
        .containsExactlyInAnyOrder(
            at(11) + "there is no setting gatway.rate; did you mean gateway.rate?",
            at(7)
                + "charge.zone is \"Europe/Berln\"; expected a time zone such as Europe/Berlin or"
                + " UTC",
            at(12) + "mail.port is \"x\"; expected a port from 1 to 65535",
            "environment variable BILLING_RECOVERY_WAIT: recovery.wait is \"2 minutes\"; expected a"
                + " duration from 0s to 1d");
  }

  @Test
  void whatIsMissingIsNamed() {
    var text = SOUND.replaceAll("(?m)^(charge.zone|gateway.key).*\n", "");
    assertThat(problems(text, Map.of()))
        .containsExactly(
            folder
                + "/billing.properties: gateway.key is missing; expected printable ASCII without"
                + " blanks",
            folder
                + "/billing.properties: charge.zone is missing; expected a time zone such as"
                + " Europe/Berlin or UTC");
  }

  @Test
  void aDuplicateIsAnError() {
    assertThat(problems(SOUND + "charge.zone = UTC\n", Map.of()))
        .containsExactly(at(11) + "charge.zone is set a second time, first on line 7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gateway.login = x           | there is no setting gateway.login
          charge.cutover-days = 366   | charge.cutover-days is "366"; expected a number
          metrics.file = /x           | there is no setting metrics.file
          ping.url = http://x         | there is no setting ping.url
          Charge.Zone = UTC           | did you mean charge.zone?
          mail.user = me              | mail.user and mail.password go together
          mail.user =                 | mail.user is empty
          charge.max-amount.XXX = 5   | XXX in charge.max-amount.XXX is no ISO 4217 currency
          charge.max-amount.usd = 5   | usd in charge.max-amount.usd is no ISO 4217 currency
          charge.max-total.JPY = 5.50 | charge.max-total.JPY is "5.50"; expected an amount
          charge.max-total.USD = 0    | charge.max-total.USD is "0"; expected an amount
          charge.max-total.USD = 1e9  | charge.max-total.USD is "1e9"; expected an amount
          charge.retry-days = 3,3     | charge.retry-days is "3,3"; expected rising numbers
          charge.retry-days = 3,      | charge.retry-days is "3,"; expected rising numbers
          charge.max-declines = 0     | charge.max-declines is "0"; expected per cent
          charge.stop-after = 0s      | charge.stop-after is "0s"; expected a duration
          gateway.concurrency = 0     | gateway.concurrency is "0"; expected a number
          gateway.rate = -1           | gateway.rate is "-1"; expected a number
          gateway.timeout = 1h        | gateway.timeout is "1h"; expected a duration
          gateway.url = http://api.stripe.com  | expected an https URL
          gateway.url = https://u:p@x.example  | expected an https URL
          gateway.url = https://x.example?a=b  | expected an https URL
          gateway.url = https://x.example:99999 | expected an https URL
          gateway.url = ftp://127.0.0.1        | expected an https URL
          gateway.url = http://127.0.0.1.evil.example | expected an https URL
          gateway.timings = permit=1s          | expected the line that the sandbox prints
          app.sql.dir = /no/such/folder        | expected a folder that exists
          mail.tls = maybe                     | expected starttls, tls or none
          db.migrate-user = a\\tb               | db.migrate-user is "a?b"
          state.host = a b                     | state.host is "a b"; expected up to 64
          """)
  void aSettingThatIsWrongIsAnErrorWithItsLine(String line, String expected) {
    assertThat(problems(SOUND + line + "\n", Map.of()))
        .singleElement()
        .asString()
        .startsWith(at(11))
        .contains(expected);
  }

  @Test
  void timingsAreTakenOnlyForASandboxOnThisMachine() {
    var timings =
        "gateway.timings = permit=2s,transit=1s,processing=1s,lag=1s,skew=1s,first-ask=1s,"
            + "duplicate-window=0s,indeterminate=1m\n";
    assertThat(problems(SOUND + timings, Map.of()))
        .containsExactly(
            at(11)
                + "gateway.timings: taken only where gateway.url is on this machine (127.0.0.1,"
                + " [::1], localhost)");
    for (var url : List.of("http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1/")) {
      assertThat(load(SOUND + timings + "gateway.url = " + url).gateway().timings())
          .extracting(t -> t.permit())
          .isEqualTo(Duration.ofSeconds(2));
    }
  }

  @Test
  void aDatabaseUrlIsCheckedWithoutQuotingIt() {
    for (var url : List.of("jdbc:mysql://a,b/shop", "jdbc:mysql://a/shop?password=secret")) {
      assertThat(problems(SOUND.replaceFirst("jdbc:\\S+", url), Map.of()))
          .singleElement()
          .asString()
          .startsWith(at(1) + "db.url: ")
          .doesNotContain("secret");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          BILLING_DB_URL           | jdbc:mysql://billing:SECRET word@db1/shop
          BILLING_DB_URL           | jdbc:mysql://db1/shop?a=b&SECRET
          BILLING_GATEWAY_URL      | https://sk_live_SECRET:@api.stripe.com
          BILLING_GATEWAY_URL      | https://SECRET/SECRET@api stripe com
          BILLING_GATEWAY_URL      | sk_live_SECRET
          BILLING_GATEWAY_KEY_FILE | sk_live_SECRET
          BILLING_MAIL_HOST        | smtp://u:SECRET@mail
          BILLING_MAIL_HOST        | u:SECRET@mail
          BILLING_MAIL_HOST        | smtp://u:SECRET of sixty characters and of some more than that@mail
          """)
  void aSecretInTheWrongPlaceIsNotQuoted(String variable, String value) {
    assertThat(problems(SOUND, Map.of(variable, value)))
        .singleElement()
        .asString()
        .contains(variable)
        .doesNotContain("SECRET");
  }

  @Test
  void aMailPasswordIsNotSentInTheClear() {
    var mail = "mail.user = u\nmail.password = p\nmail.tls = none\n";
    assertThat(problems(SOUND + mail, Map.of()))
        .containsExactly(
            at(13) + "mail.tls: with none, mail.password would cross the network in the clear");
    assertThat(load(SOUND.replace("smtp.example.com", "127.0.0.1") + mail).mail().user())
        .isEqualTo("u");
  }

  @Test
  void noSecretIsEverShown() {
    var text = SOUND + "mail.user = u\nmail.password = mail-secret\n";
    assertThat(load(text).toString()).contains("Europe/Berlin").doesNotContain("secret");
    var torn = text.replace("sk_test_secret", "sk test secret") + "sk_live_secret\nab1secret==\n";
    assertThat(problems(torn, Map.of()))
        .hasSize(3)
        .allSatisfy(problem -> assertThat(problem).doesNotContain("secret"));
  }

  @Test
  void aBackslashThatJavaWouldDropIsAnError() {
    assertThat(problems(SOUND.replace("db-secret", "db\\secret"), Map.of()).getFirst())
        .isEqualTo(at(3) + "a backslash that means nothing; write \\\\ for a backslash itself");
    assertThat(load(SOUND.replace("db-secret", "db\\\\secret")).database().password())
        .isEqualTo("db\\secret");
  }

  @Test
  void theFileIsReadAsPropertiesAre() {
    var text =
        SOUND.replace(
                "charge.zone = Europe/Berlin", "# a remark\n! another\n\n  charge.zone:\\\n   UTC")
            + "mail.user = J\\u00fcrgen\nmail.password = é\n";
    var settings = load("\uFEFF" + text.replace("\n", "\r\n"));
    assertThat(settings.charge().zone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(settings.mail().user()).isEqualTo("Jürgen");
    assertThat(settings.mail().password()).isEqualTo("é");
  }

  @Test
  void aFolderIsTakenFromTheSettingsFilesOwn() throws Exception {
    Files.createDirectory(folder.resolve("sql"));
    assertThat(load(SOUND + "app.sql.dir = sql\n").appSql()).isEqualTo(folder.resolve("sql"));
  }

  @Test
  void theFileIsTheOneThatIsNamedFirst() throws Exception {
    var named = Files.writeString(folder.resolve("named"), SOUND.replace("SHOP", "NAME"));
    var variable = Files.writeString(folder.resolve("variable"), SOUND.replace("SHOP", "VAR"));
    Files.writeString(folder.resolve("billing.properties"), SOUND);
    var environment = Map.of("BILLING_CONFIG", variable.toString());
    assertThat(Settings.load(named, environment, folder).charge().prefix()).isEqualTo("NAME");
    assertThat(Settings.load(null, environment, folder).charge().prefix()).isEqualTo("VAR");
    assertThat(Settings.load(null, Map.of(), folder).charge().prefix()).isEqualTo("SHOP");
  }

  @Test
  void aFileThatCannotBeReadIsAnError() throws Exception {
    assertThatThrownBy(() -> Settings.load(Path.of("none"), Map.of(), folder))
        .isInstanceOf(OperatorError.class)
        .hasMessageContaining(folder + "/none cannot be read: it is not there");
    Files.write(
        folder.resolve("billing.properties"),
        "mail.user = é".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Settings.load(null, Map.of(), folder))
        .hasMessageContaining("it is not in UTF-8");
    assertThatThrownBy(() -> Settings.load(null, Map.of(), folder.resolve("empty")))
        .hasMessageContaining("there are no settings");
  }

  @Test
  void amountsAreInMajorUnitsOfTheirCurrency() {
    var settings =
        load(SOUND + "charge.max-amount.KWD = 1.005\ncharge.max-total.USD = 250000\n").charge();
    assertThat(settings.maxAmounts().values())
        .containsExactly(new Money(1005, Currency.of("KWD").orElseThrow()));
    assertThat(settings.maxTotals().values())
        .containsExactly(new Money(25_000_000, Currency.of("USD").orElseThrow()));
  }

  private String at(int line) {
    return folder + "/billing.properties:" + line + ": ";
  }

  private Settings load(String text) {
    return load(text, Map.of());
  }

  private Settings load(String text, Map<String, String> environment) {
    try {
      Files.writeString(folder.resolve("billing.properties"), text);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return Settings.load(null, environment, folder);
  }

  private List<String> problems(String text, Map<String, String> environment) {
    var error = catchThrowableOfType(OperatorError.class, () -> load(text, environment));
    assertThat(error).as("the settings were taken").isNotNull();
    assertThat(error.exitCode()).isEqualTo(ExitCode.USAGE);
    return error.message().lines().skip(1).toList();
  }
}
