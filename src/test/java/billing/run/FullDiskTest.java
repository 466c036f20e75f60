package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.rules.Effect;
import billing.rules.Finding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The witness cannot be written: nothing is sent, and nothing is left in doubt. */
@Timeout(120)
class FullDiskTest {

  @Test
  void nothingIsClaimedWhereTheWitnessCannotBeWritten() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 20, scene.good()).enroll();
      blockTheWitness(scene);

      var report = scene.charge();

      assertThat(report.findings()).containsExactly(Finding.WITNESS);
      assertThat(report.exitCode()).isEqualTo(6);
      assertThat(report.trouble()).anyMatch(line -> line.contains("cannot be written"));
      assertThat(scene.schema.column("SELECT DISTINCT sends FROM charge_attempts"))
          .containsExactly("");
      assertThat(scene.sandbox.ledger().charges()).isEmpty();
    }
  }

  @Test
  void whatWasClaimedAlreadyIsProvedNotToHaveLeft() throws IOException {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 40, scene.good()).enroll();
      var claims = new AtomicInteger();
      scene.trace =
          effect -> {
            // The first claim has its witness; that of the second is lost after its commit.
            if (effect instanceof Effect.Claim && claims.incrementAndGet() == 2) {
              blockTheWitness(scene);
            }
          };

      var report = scene.charge();

      assertThat(report.findings()).containsExactly(Finding.WITNESS);
      assertThat(scene.count("charge_attempts WHERE state = 'SENT'")).isZero();
      assertThat(scene.count("charge_attempts WHERE sends = '-'")).isPositive();
      assertThat(scene.sandbox.ledger().standing())
          .hasSize(scene.count("charge_attempts WHERE state = 'SETTLED'"));

      Files.delete(inTheWay(scene).resolve("file"));
      Files.delete(inTheWay(scene));
      scene.trace = effect -> {};
      scene.chargeUntilDone();
      assertThat(scene.sandbox.ledger().standing()).hasSize(40);
      scene.judge();
    }
  }

  private static void blockTheWitness(Scene scene) {
    try {
      Files.createFile(Files.createDirectories(inTheWay(scene)).resolve("file"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path inTheWay(Scene scene) {
    return scene.stateDir.resolve("witness-" + scene.schema.schema() + ".new");
  }
}
