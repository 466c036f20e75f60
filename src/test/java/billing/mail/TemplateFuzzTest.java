package billing.mail;

import static org.assertj.core.api.Assertions.assertThat;

import billing.fuzz.Effort;
import billing.fuzz.Mutator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spoilt templates are refused in one way, or write a letter. */
class TemplateFuzzTest {

  private static final List<byte[]> TEXTS =
      List.of(
          bytes("Dear {{customer_name}}, {{#retry_on}}again on {{retry_on}}{{/retry_on}}\n"),
          bytes("<p>{{amount}} {{{description}}} {{! note }} {{^due_on}}x{{/due_on}}</p>"),
          bytes("{{=<% %>=}}<% amount %> {{> other}} {{&email}} {{invoice_id}}"));

  @TempDir private Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aSpoiltTemplateIsRefusedOrWritesALetter() {
    Effort.run("mail templates", 5000, Duration.ofSeconds(3), this::oneCase);
  }

  private void oneCase(long seed) {
    var mutator = new Mutator(seed);
    var text =
        mutator.below(20) == 0 ? mutator.noise() : mutator.spoil(mutator.oneOf(TEXTS), TEXTS);
    var name = mutator.oneOf(List.of("accepted.txt", "accepted.html", "accepted.subject"));
    try {
      var file = directory.resolve(name);
      Files.write(file, text);
      var sender = Mailbox.parse("Example <b@example.com>").orElseThrow();
      var templates = Templates.load(directory, ZoneOffset.UTC, sender);
      templates.check(List.of());
      var letter = Letters.letter(Letter.Kind.ACCEPTED, 1, "a@example.com", "Ann", Map.of());
      assertThat(templates.render(letter, Letters.DECIDED).subject()).doesNotContain("\r", "\n");
      Files.delete(file);
    } catch (TemplateTrouble refused) {
      assertThat(refused.getMessage()).isNotBlank();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      directory.resolve(name).toFile().delete();
    }
  }
}
