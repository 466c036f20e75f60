package billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import billing.fuzz.Effort;
import billing.fuzz.Mutator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A spoilt settings file is refused with every problem, or taken; its secrets stay in it. */
class SettingsFuzzTest {

  private static final List<byte[]> TEXTS =
      List.of(
          bytes(
              """
              db.url = jdbc:mysql://127.0.0.1:3306/shop
              db.user = billing
              db.password = SECRETSECRET
              gateway.kind = stripe
              gateway.key = sk_test_SECRETSECRET
              charge.prefix = SHOP
              charge.zone = Europe/Berlin
              mail.host = smtp.example.com
              mail.from = billing@example.com
              state.dir = /var/lib/billing
              """),
          bytes(
              """
              gateway.url = http://127.0.0.1:8080
              gateway.concurrency=99999999999
              gateway.timeout : 80s
              charge.retry-days = 3, 5 ,7
              charge.max-amount.EUR = 1000.00
              recovery.wait 2m
              # \\u00e4
              mail.port=\\
                 587
              """));

  @TempDir private Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aSpoiltFileIsRefusedOrTaken() {
    Effort.run("settings files", 5000, Duration.ofSeconds(3), this::oneCase);
  }

  private void oneCase(long seed) {
    var mutator = new Mutator(seed);
    var text =
        mutator.below(20) == 0 ? mutator.noise() : mutator.spoil(mutator.oneOf(TEXTS), TEXTS);
    try {
      Files.write(folder.resolve("billing.properties"), text);
      var settings = Settings.load(null, Map.of(), folder);
      assertThat(settings.gateway().toString()).doesNotContain("SECRETSECRET");
    } catch (OperatorError refused) {
      assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(refused.getMessage()).isNotBlank();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
