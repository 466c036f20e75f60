package billing.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplatesTest {

  private static final Mailbox FROM = Mailbox.parse("Example Ltd <b@example.com>").orElseThrow();

  @TempDir Path directory;

  @Test
  void theBundledOnesFitEveryLetter() {
    Templates.load(null, ZoneOffset.UTC, FROM).check(List.of());
  }

  @Test
  void whatALetterHasNotIsLeftOut() {
    var letter = Letters.letter(Letter.Kind.ACCEPTED, 1, "a@example.com", null, Map.of());
    var words = Templates.load(null, ZoneOffset.UTC, FROM).render(letter, Letters.DECIDED);
    assertThat(words.text()).startsWith("We have charged").doesNotContain("Dear");
    assertThat(words.html()).doesNotContain("Dear");
  }

  @Test
  void oneFileReplacesOneTemplate() {
    write("accepted.txt", "{{customer_name}} zahlte {{amount}} am {{decided_on}}, {{plan}}.");
    var letter =
        Letters.letter(Letter.Kind.ACCEPTED, 1, "a@example.com", "Ann", Map.of("plan", "<b>"));
    var templates = Templates.load(directory, ZoneOffset.UTC, FROM);

    templates.check(List.of("plan"));

    var words = templates.render(letter, Letters.DECIDED);
    assertThat(words.text()).isEqualTo("Ann zahlte 49.00 EUR am 2026-11-24, <b>.");
    assertThat(words.html()).contains("Payment received");
  }

  @Test
  void htmlIsEscapedAndTextIsNot() {
    write("accepted.html", "<p title=\"{{plan}}\">{{plan}}</p>");
    write("accepted.txt", "{{plan}}");
    var letter =
        Letters.letter(
            Letter.Kind.ACCEPTED, 1, "a@example.com", null, Map.of("plan", "\"><script>'"));
    var words = Templates.load(directory, ZoneOffset.UTC, FROM).render(letter, Letters.DECIDED);
    assertThat(words.text()).isEqualTo("\"><script>'");
    assertThat(words.html())
        .isEqualTo("<p title=\"&quot;&gt;&lt;script&gt;&#39;\">&quot;&gt;&lt;script&gt;&#39;</p>");
  }

  @Test
  void anUnknownKeyNamesTemplateLineAndTheKeysThatThereAre() {
    write("declined.html", "<p>\n{{amount}}\n{{amuont}}\n</p>");
    var templates = Templates.load(directory, ZoneOffset.UTC, FROM);
    assertThatThrownBy(() -> templates.check(List.of("plan")))
        .isInstanceOf(TemplateTrouble.class)
        .hasMessageStartingWith(directory.resolve("declined.html") + " line 3: ")
        .hasMessageEndingWith(
            "there is no {{amuont}}; there are amount, charge_key, currency, customer_name,"
                + " decided_on, description, due_on, email, invoice_id, plan, retry_on, retry_soon,"
                + " sender, tried_again");
  }

  @Test
  void anUnknownSectionIsAnErrorInBothBranches() {
    for (var section : List.of("{{#vip}}x{{/vip}}", "{{^vip}}x{{/vip}}")) {
      write("accepted.txt", "line one\n" + section);
      var templates = Templates.load(directory, ZoneOffset.UTC, FROM);
      assertThatThrownBy(() -> templates.check(List.of()))
          .isInstanceOf(TemplateTrouble.class)
          .hasMessageContaining("accepted.txt line 2: there is no {{vip}}");
    }
  }

  @Test
  void aKeyHiddenInASectionIsFoundToo() {
    write("declined.txt", "x{{^retry_on}}{{nope}}{{/retry_on}}");
    var templates = Templates.load(directory, ZoneOffset.UTC, FROM);
    assertThatThrownBy(() -> templates.check(List.of())).hasMessageContaining("{{nope}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x{{#retry_soon}}{{nope}}{{/retry_soon}}",
        "x{{#tried_again}}{{nope}}{{/tried_again}}",
        "x{{^tried_again}}{{#retry_on}}{{nope}}{{/retry_on}}{{/tried_again}}",
        "x{{^tried_again}}{{#retry_soon}}{{nope}}{{/retry_soon}}{{/tried_again}}"
      })
  void aKeyForADayThatIsOverIsFoundToo(String template) {
    write("declined.txt", template);
    var templates = Templates.load(directory, ZoneOffset.UTC, FROM);
    assertThatThrownBy(() -> templates.check(List.of())).hasMessageContaining("{{nope}}");
  }

  @Test
  void oneThatWouldCallATryThatFollowsNoneIsRefused() {
    write(
        "declined.txt",
        "Declined.\n{{#retry_on}}We try again on {{retry_on}}.{{/retry_on}}\n"
            + "{{^retry_on}}We will not try again.{{/retry_on}}");
    var templates = Templates.load(directory, ZoneOffset.UTC, FROM);
    assertThatThrownBy(() -> templates.check(List.of()))
        .isInstanceOf(TemplateTrouble.class)
        .hasMessageStartingWith(directory.resolve("declined.txt") + ": ")
        .hasMessageContainingAll("{{^retry_on}}", "{{^retry_soon}}");
  }

  @Test
  void oneThatSaysNothingWhereNoDayIsKnownIsTrue() {
    write("declined.txt", "Declined. {{#retry_on}}We try again on {{retry_on}}.{{/retry_on}}");
    Templates.load(directory, ZoneOffset.UTC, FROM).check(List.of());
  }

  @Test
  void aTextHasNoMembers() {
    write("accepted.txt", "{{#description}}{{length}}{{/description}}");
    var templates = Templates.load(directory, ZoneOffset.UTC, FROM);
    assertThatThrownBy(() -> templates.check(List.of())).hasMessageContaining("{{length}}");
  }

  @Test
  void aTemplateThatIsNoneIsRefusedWhenRead() {
    for (var broken : List.of("{{#amount}}", "{{/amount}}", "{{#a}}{{/b}}")) {
      write("accepted.subject", broken);
      assertThatThrownBy(() -> Templates.load(directory, ZoneOffset.UTC, FROM))
          .as(broken)
          .isInstanceOf(TemplateTrouble.class)
          .hasMessageContaining("accepted.subject");
    }
  }

  @Test
  void aTagThatIsNotClosedIsRefused() {
    write("accepted.txt", "You paid {{amount and that is it");
    var templates = Templates.load(directory, ZoneOffset.UTC, FROM);
    assertThatThrownBy(() -> templates.check(List.of()))
        .isInstanceOf(TemplateTrouble.class)
        .hasMessageEndingWith("accepted.txt: a {{ has no }}");
  }

  @Test
  void aTemplateCannotIncludeAnother() {
    write("accepted.txt", "{{>declined.txt}}");
    var templates = Templates.load(directory, ZoneOffset.UTC, FROM);
    assertThatThrownBy(() -> templates.check(List.of()))
        .isInstanceOf(TemplateTrouble.class)
        .hasMessageContaining("accepted.txt");
  }

  @Test
  void anEmptyTemplateIsRefused() {
    write("declined.html", "\n");
    var templates = Templates.load(directory, ZoneOffset.UTC, FROM);
    assertThatThrownBy(() -> templates.check(List.of()))
        .hasMessageEndingWith("declined.html: it is empty");
  }

  @Test
  void aMisspeltFileIsRefusedAndNotIgnored() {
    write("acepted.txt", "x");
    assertThatThrownBy(() -> Templates.load(directory, ZoneOffset.UTC, FROM))
        .isInstanceOf(TemplateTrouble.class)
        .hasMessageContaining("acepted.txt is none of [accepted.html, accepted.subject");
  }

  @Test
  void aDirectoryThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> Templates.load(directory.resolve("no"), ZoneOffset.UTC, FROM))
        .isInstanceOf(TemplateTrouble.class)
        .hasMessageContaining("mail.templates");
  }

  @Test
  void aFileThatIsNotUtf8IsRefused() throws IOException {
    Files.write(directory.resolve("accepted.txt"), "Zoë".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Templates.load(directory, ZoneOffset.UTC, FROM))
        .isInstanceOf(TemplateTrouble.class)
        .hasMessageContaining("accepted.txt is not UTF-8");
  }

  private void write(String name, String content) {
    write(directory, name, content);
  }

  private static void write(Path directory, String name, String content) {
    try {
      Files.writeString(directory.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bundled templates with some of them replaced. */
  static Templates replaced(Map<String, String> files) {
    try {
      var directory = Files.createTempDirectory("templates");
      files.forEach((name, content) -> write(directory, name, content));
      var templates = Templates.load(directory, ZoneOffset.UTC, FROM);
      for (var name : files.keySet()) {
        Files.delete(directory.resolve(name));
      }
      Files.delete(directory);
      return templates;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
