package billing.mail;

import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Invoice;
import billing.model.Money;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The words of a letter: for each kind a subject, a text and an HTML page, each of them the bundled
 * one or the operator's file of the same name. A template is read and compiled when this is made
 * and never again, so that a file that is being edited cannot spoil a run.
 */
public final class Templates {

  /** A letter in words. */
  record Rendered(String subject, String text, String html) {}

  private record Trio(Template subject, Template text, Template html) {

    List<Template> parts() {
      return List.of(subject, text, html);
    }
  }

  private static final int LONGEST_SUBJECT = 200;

  private final Map<Letter.Kind, Trio> trios = new EnumMap<>(Letter.Kind.class);
  private final ZoneId zone;
  private final Mailbox sender;

  private Templates(@Nullable Path directory, ZoneId zone, Mailbox sender) {
    this.zone = zone;
    this.sender = sender;
    for (var kind : Letter.Kind.values()) {
      trios.put(
          kind,
          new Trio(
              read(directory, kind.word() + ".subject"),
              read(directory, kind.word() + ".txt"),
              read(directory, kind.word() + ".html")));
    }
  }

  /**
   * The bundled templates, each replaced where the directory has a file of its name.
   *
   * @param directory null: the bundled ones alone
   * @param zone in which a date begins
   * @param sender who signs
   * @throws TemplateTrouble where a file cannot be read or is no template, or has a name that no
   *     template bears
   */
  public static Templates load(@Nullable Path directory, ZoneId zone, Mailbox sender) {
    if (directory != null) {
      refuseStrangers(directory);
    }
    return new Templates(directory, zone, sender);
  }

  /**
   * Writes a sample of every letter, with everything filled in and with all that may be missing
   * missing, so that a template which names an unknown key fails before any money is moved.
   *
   * @param columns what the app's SQL gives beyond the known columns of an invoice
   * @throws TemplateTrouble naming the template, the line and the keys that there are; also where a
   *     template would deny a try that follows
   */
  public void check(Collection<String> columns) {
    trios.forEach((kind, trio) -> {
      for (var full : List.of(true, false)) {
        var more = new HashMap<String, String>();
        columns.forEach(column -> more.put(column, full ? "sample" : ""));
        // Before, and after the day of the next try.
        var days = List.of(LocalDate.EPOCH, LocalDate.EPOCH.plusDays(1));
        for (var triedAgain : List.of(false, true)) {
          for (var today : days) {
            var values = values(sample(kind, full, more, triedAgain), today);
            trio.parts().forEach(part -> part.check(values));
          }
        }
      }
      trio.parts().forEach(Templates::checkThatNoTryIsDenied);
    });
  }

  /** That there is no day to name does not mean that no try follows. */
  private static void checkThatNoTryIsDenied(Template part) {
    var keys = part.keys();
    if (keys.contains("^retry_on") && !keys.contains("^retry_soon")) {
      throw new TemplateTrouble(
          part.name()
              + ": {{^retry_on}} is also where a try follows whose day is over; put"
              + " {{^retry_soon}}...{{/retry_soon}} around what is true only where none follows");
    }
  }

  /**
   * @param now when it is sent: no letter speaks of a day as to come that is over then
   * @throws TemplateTrouble where a template names a key that this letter has not
   */
  Rendered render(Letter letter, Instant now) {
    var trio = trios.get(letter.kind());
    if (trio == null) {
      throw new IllegalStateException("every kind has templates: " + letter.kind());
    }
    var values = values(letter, LocalDate.ofInstant(now, zone));
    return new Rendered(
        OneLine.of(trio.subject.render(values), LONGEST_SUBJECT),
        trio.text.render(values),
        trio.html.render(values));
  }

  /** In which a date begins. */
  ZoneId zone() {
    return zone;
  }

  private Map<String, @Nullable Object> values(Letter letter, LocalDate today) {
    var invoice = letter.invoice();
    var retryOn = letter.retryOn();
    var tried = letter.triedAgain();
    // A template of before tried_again says "soon" of what is tried already, never "not again".
    var soon = tried || (retryOn != null && retryOn.isBefore(today));
    var values = new HashMap<String, @Nullable Object>(invoice.more());
    values.put("amount", letter.amount().toString());
    values.put("charge_key", letter.key().value());
    values.put("currency", letter.amount().currency().code());
    values.put("customer_name", invoice.customerName());
    values.put("decided_on", LocalDate.ofInstant(letter.decidedAt(), zone).toString());
    values.put("description", invoice.description());
    values.put("due_on", invoice.dueOn());
    values.put("email", invoice.email());
    values.put("invoice_id", invoice.id());
    values.put("retry_on", soon ? null : retryOn);
    values.put("retry_soon", soon ? "yes" : null);
    values.put("sender", sender.shown());
    values.put("tried_again", tried ? "yes" : null);
    return values;
  }

  private static Letter sample(
      Letter.Kind kind, boolean full, Map<String, String> more, boolean triedAgain) {
    var day = LocalDate.EPOCH;
    var euro = new Currency("EUR", 2);
    var text = full ? "sample" : null;
    var invoice =
        new Invoice(
            "1042",
            new BigDecimal(49),
            euro.code(),
            null,
            null,
            text,
            "sample@example.com",
            text,
            full ? day : null,
            more);
    var key = ChargeKey.of("A", invoice.id(), 1);
    return new Letter(
        kind, key, new Money(4900, euro), invoice, Instant.EPOCH, full ? day : null, triedAgain);
  }

  private static Set<String> names() {
    var names = new TreeSet<String>();
    for (var kind : Letter.Kind.values()) {
      names.addAll(List.of(kind.word() + ".subject", kind.word() + ".txt", kind.word() + ".html"));
    }
    return names;
  }

  /** A misspelt file would leave the bundled template in force, and nobody would know. */
  private static void refuseStrangers(Path directory) {
    try (var files = Files.list(directory)) {
      for (var name : files.map(file -> file.getFileName().toString()).sorted().toList()) {
        if (name.matches(".+\\.(subject|txt|html)") && !names().contains(name)) {
          throw new TemplateTrouble(
              "mail.templates: " + directory.resolve(name) + " is none of " + names());
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new TemplateTrouble("mail.templates: cannot read the directory " + directory, e);
    }
  }

  private static Template read(@Nullable Path directory, String name) {
    var file = directory == null ? null : directory.resolve(name);
    if (file == null || !Files.exists(file)) {
      return Template.compile(name, bundled(name));
    }
    try {
      return Template.compile(file.toString(), Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new TemplateTrouble("mail.templates: " + file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new TemplateTrouble("mail.templates: cannot read " + file, e);
    }
  }

  private static String bundled(String name) {
    try (InputStream in = Templates.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not in the jar: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
