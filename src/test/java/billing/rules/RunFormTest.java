package billing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RunFormTest {

  /** A field that is not in the form would make the model check take two states for one. */
  @Test
  void everyFieldOfARunsStateIsInItsForm() throws IOException {
    var form = Files.readString(Path.of("src/test/java/billing/rules/RunForm.java"));
    assertThat(RunState.class.getDeclaredFields())
        .filteredOn(field -> !field.isSynthetic())
        .allSatisfy(
            field -> assertThat(form).containsPattern("\\bs\\.%s\\b".formatted(field.getName())));
    assertThat(Arrays.stream(Slot.class.getRecordComponents()))
        .allSatisfy(part ->
            assertThat(form).containsPattern("\\bslot\\.%s\\(\\)".formatted(part.getName())));
  }
}
