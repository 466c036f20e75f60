package billing.model;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A due invoice as the app's SQL gave it, unjudged: the amount may not fit, the currency may not
 * exist.
 *
 * @param amountDue in major units
 * @param paymentRef the gateway's token for the stored card or account; null: not chargeable by us
 * @param more every column beyond the known ones, by name, for mail templates; NULL is the empty
 *     text, so that a template may name it
 */
public record Invoice(
    String id,
    BigDecimal amountDue,
    String currency,
    @Nullable String paymentRef,
    @Nullable String customerRef,
    @Nullable String customerName,
    @Nullable String email,
    @Nullable String description,
    @Nullable LocalDate dueOn,
    Map<String, String> more) {}
