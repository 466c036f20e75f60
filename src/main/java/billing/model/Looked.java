package billing.model;

import java.util.List;

/**
 * What a look at an attempt that had ended brought to light, before a younger one of its invoice is
 * claimed.
 *
 * @param clear whether nothing can come of it any more, so that it stands in nobody's way
 * @param differences what a person has to decide
 */
public record Looked(ChargeKey key, boolean clear, List<Difference> differences) {
  public Looked {
    differences = List.copyOf(differences);
  }
}
