package billing.mail;

import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Invoice;
import billing.model.Money;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Letters to send in tests. */
final class Letters {

  static final Instant DECIDED = Instant.parse("2026-11-24T23:30:00Z");

  private Letters() {}

  static Letter accepted(String to) {
    return letter(Letter.Kind.ACCEPTED, 1, to, "Zoë Müller", Map.of());
  }

  static Letter accepted(int attemptNo, String to) {
    return letter(Letter.Kind.ACCEPTED, attemptNo, to, "Zoë Müller", Map.of());
  }

  static Letter declined(@Nullable LocalDate retryOn) {
    var letter = letter(Letter.Kind.DECLINED, 1, "zoe@example.com", "Zoë Müller", Map.of());
    return new Letter(
        letter.kind(),
        letter.key(),
        letter.amount(),
        letter.invoice(),
        letter.decidedAt(),
        retryOn,
        false);
  }

  static Letter letter(
      Letter.Kind kind,
      int attemptNo,
      @Nullable String to,
      @Nullable String name,
      Map<String, String> more) {
    var invoice =
        new Invoice(
            "1042",
            new BigDecimal("49.00"),
            "EUR",
            "pm_1",
            "cus_1",
            name,
            to,
            "Plan <Pro> & more",
            LocalDate.of(2026, 11, 20),
            more);
    return new Letter(
        kind,
        ChargeKey.of("ACME", "1042", attemptNo),
        new Money(4900, new Currency("EUR", 2)),
        invoice,
        DECIDED,
        null,
        false);
  }
}
