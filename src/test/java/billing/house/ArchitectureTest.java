package billing.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {

  private static final String PLANTED = "billing.house.planted";

  private static final JavaClasses OURS =
      new ClassFileImporter().importPath(Path.of("target/classes"));

  private static final List<String> CAUGHT =
      new Architecture(PLANTED)
          .rules().stream()
              .map(rule -> rule.allowEmptyShould(true))
              .map(rule -> rule.evaluate(new ClassFileImporter().importPackages(PLANTED)))
              .flatMap(result -> result.getFailureReport().getDetails().stream())
              .toList();

  static Stream<ArchRule> rules() {
    return new Architecture("billing").rules().stream();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyoneKnowsOnlyWhomTheyMay(ArchRule rule) {
    rule.allowEmptyShould(true).check(OURS);
  }

  @Test
  void theProgramIsThere() {
    assertThat(OURS.contain("billing.model.Money")).isTrue();
    assertThat(OURS.contain("billing.cli.Main")).isTrue();
  }

  /** Each of these classes breaks one rule; a rule that lets it pass has gone blind. */
  @ParameterizedTest
  @CsvSource({
    "model.KnowsARule, rules.Pure",
    "rules.ReadsTheClock, java.time.Instant.now",
    "rules.ReadsAFile, java.nio.file.Files",
    "rules.RollsDice, java.util.Random",
    "gateway.KnowsTheStore, store.Holder",
    "mail.KnowsTheRun, run.Shell",
    "run.KnowsTheCommandLine, cli.Prints",
    "run.SpeaksSql, java.sql.Connection",
    "run.SpeaksJson, com.fasterxml.jackson",
    "run.SpeaksHttp, org.apache.hc",
    "run.Exits, java.lang.System.exit",
    "store.Prints, java.lang.System.out",
    "store.Holder, does not have modifier FINAL",
    "cli.KnowsTheSandbox, sandbox.Ledger",
    "cli.PaymentManager, Manager"
  })
  void aPlantedBreachIsCaught(String culprit, String crime) {
    assertThat(CAUGHT)
        .anySatisfy(detail -> assertThat(detail).contains(PLANTED + "." + culprit).contains(crime));
  }
}
