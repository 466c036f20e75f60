package billing.cli;

import billing.model.Currency;
import billing.model.Money;
import billing.run.ChargeOrder;
import billing.run.Preview;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code billing charge --dry-run}: the list of what tonight would do. */
final class DryRunCommand {

  private static final int SHOWN = 20;

  private final Invocation invocation;
  private final Settings settings;
  private final ChargeOrder order;
  private final PrintStream out;

  DryRunCommand(Invocation invocation, Settings settings, ChargeOrder order) {
    this.invocation = invocation;
    this.settings = settings;
    this.order = order;
    this.out = invocation.console().out();
  }

  ExitCode run() {
    try (var database = Parts.open(settings);
        var gateway = Parts.gateway(settings)) {
      var preview =
          new Preview(
              database,
              Parts.charge(settings, gateway.requestsPerSecond()),
              order,
              gateway.kind(),
              gateway.protocol());
      if (invocation.json()) {
        json(preview);
      } else {
        print(preview);
      }
      return ExitCode.DONE;
    }
  }

  private void print(Preview preview) {
    out.printf(
        "billing charge --dry-run  as of %s  nothing is written, nothing is sent%n%n",
        order.asOf());
    var most = invocation.verbose() ? Integer.MAX_VALUE : SHOWN;
    var charged = new Rows(true, most);
    var uncharged = new Rows(false, most);
    var sum = preview.read(line -> (line.amount() == null ? uncharged : charged).add(line));
    charged.flush();
    charged.more();
    if (uncharged.count > 0) {
      out.println("  would not be charged");
      uncharged.flush();
      uncharged.more();
    }
    out.println();
    sum.refusals()
        .forEach(refusal ->
            out.println(invocation.console().alarming("!") + " the run would refuse: " + refusal));
    totals(sum).lines("  ").forEach(out::println);
    sum.skipped()
        .forEach((reason, count) ->
            out.println(
                "  would leave alone "
                    + Moments.counted(count, "invoice")
                    + ": "
                    + ChargeLines.why(reason)));
    if (sum.doubts() > 0) {
      out.println(
          "  would ask about "
              + Moments.counted(sum.doubts(), "attempt")
              + " in doubt before that");
    }
    out.println("Checked in the database only; the gateway was not asked.");
  }

  private Table totals(Preview.Sum sum) {
    var table =
        new Table(
            Table.Align.LEFT,
            Table.Align.RIGHT,
            Table.Align.LEFT,
            Table.Align.POINT,
            Table.Align.LEFT);
    sum.totals()
        .forEach((currency, total) -> {
          var count = sum.counts().getOrDefault(currency, 0);
          table.row(
              "would charge",
              Integer.toString(count),
              count == 1 ? "invoice" : "invoices",
              Amounts.text(total),
              limit(currency));
        });
    if (sum.totals().isEmpty()) {
      table.row("would charge", "0", "invoices", "", "");
    }
    return table;
  }

  private String limit(Currency currency) {
    var limit = settings.charge().maxTotals().get(currency);
    return limit == null ? "no limit set" : "limit tonight " + Amounts.text(limit);
  }

  /** Rows that are printed a page at a time, so that a million of them need no memory. */
  private final class Rows {
    private static final int PAGE = 500;
    private final boolean charges;
    private final int most;
    private final List<Preview.Line> waiting = new ArrayList<>();
    private int count;
    private boolean headed;

    Rows(boolean charges, int most) {
      this.charges = charges;
      this.most = most;
    }

    void add(Preview.Line line) {
      count++;
      if (count <= most) {
        waiting.add(line);
      }
      // What would not be charged comes below the rest, and is kept until then.
      if (charges && waiting.size() == PAGE) {
        flush();
      }
    }

    void flush() {
      if (waiting.isEmpty()) {
        return;
      }
      var table =
          new Table(
              Table.Align.LEFT,
              Table.Align.LEFT,
              Table.Align.POINT,
              Table.Align.RIGHT,
              Table.Align.LEFT);
      if (!headed) {
        table.row("INVOICE", "CUSTOMER", "AMOUNT", "TRY", "WHY");
        headed = true;
      }
      waiting.forEach(line ->
          table.row(
              line.invoice().id(),
              StatusLines.orNothing(line.invoice().customerRef()),
              line.amount() == null ? unjudged(line) : Amounts.text(line.amount()),
              line.amount() == null ? "-" : Integer.toString(line.attempt()),
              line.why()));
      table.lines("    ").forEach(out::println);
      waiting.clear();
    }

    private static String unjudged(Preview.Line line) {
      return line.invoice().amountDue().toPlainString() + " " + line.invoice().currency();
    }

    void more() {
      if (count > most) {
        out.printf("    ... %d more            (all of them: -v, or --json)%n", count - most);
      }
    }
  }

  /** Whole or not at all: where reading fails half way, its failure is the one document. */
  private void json(Preview preview) {
    try {
      var whole = Files.createTempFile("billing-dry-run-", ".json");
      try {
        try (var file = Files.newOutputStream(whole)) {
          json(preview, file);
        }
        Files.copy(whole, out);
      } finally {
        Files.delete(whole);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void json(Preview preview, OutputStream file) throws IOException {
    try (var json = new JsonFactory().createGenerator(file)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeNumberField("schema", 1);
      json.writeStringField("command", "charge --dry-run");
      json.writeNumberField("exit", 0);
      json.writeStringField("as_of", order.asOf().toString());
      json.writeArrayFieldStart("invoices");
      var sum = preview.read(line -> write(json, line));
      json.writeEndArray();
      json.writeArrayFieldStart("totals");
      for (var entry : sum.totals().entrySet()) {
        json.writeStartObject();
        amount(json, entry.getValue());
        json.writeNumberField("count", sum.counts().getOrDefault(entry.getKey(), 0));
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("refusals");
      for (var refusal : sum.refusals()) {
        json.writeString(refusal);
      }
      json.writeEndArray();
      json.writeNumberField("would_ask_about", sum.doubts());
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static void write(JsonGenerator json, Preview.Line line) {
    try {
      json.writeStartObject();
      json.writeStringField("invoice", line.invoice().id());
      json.writeBooleanField("charge", line.amount() != null);
      amount(json, line.amount());
      json.writeNumberField("attempt", line.attempt());
      json.writeStringField("why", line.why());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void amount(JsonGenerator json, @Nullable Money amount) throws IOException {
    if (amount != null) {
      json.writeStringField("currency", amount.currency().code());
      json.writeStringField("amount", amount.major().toPlainString());
      json.writeNumberField("minor", amount.minor());
    }
  }
}
