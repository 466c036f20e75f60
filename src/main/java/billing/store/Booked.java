package billing.store;

import billing.model.ChargeKey;
import billing.model.Difference;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a booking ended: known for certain.
 *
 * @param booked SETTLED, and in the app's books; also what a lost answer had already booked
 * @param moved what may not be SETTLED where it stands: in REVIEW, or with a live sibling. The
 *     approval is on record
 * @param notBookable what the app's database refuses, and why; those stay as they are
 * @param differences opened by this booking
 * @param schemaAtFault whether the app's SQL refused attempt after attempt
 */
public record Booked(
    Set<ChargeKey> booked,
    Set<ChargeKey> moved,
    Map<ChargeKey, String> notBookable,
    List<Difference> differences,
    boolean schemaAtFault) {}
