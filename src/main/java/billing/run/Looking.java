package billing.run;

import billing.model.Difference;
import billing.model.Forgotten;
import billing.model.Lead;
import billing.model.Listed;
import billing.model.Remembered;
import billing.rules.Comparison;
import billing.store.DifferenceRow;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Writes nothing: a comparison that is only looked at, or a glance that may raise an alarm. */
final class Looking implements Consequences {

  private final Tally tally;
  private final boolean alarming;

  /**
   * A look.
   *
   * @param alarming whether what the database forgot is a finding
   */
  Looking(Tally tally, boolean alarming) {
    this.tally = tally;
    this.alarming = alarming;
  }

  @Override
  public void forgot(Collection<Forgotten> forgotten) {
    forgotten.forEach(one -> forgot(name(one)));
  }

  private void forgot(String name) {
    if (alarming) {
      tally.forgot(name);
    } else {
      tally.wouldAdopt(name);
    }
  }

  static String name(Forgotten forgotten) {
    Lead lead = forgotten.lead();
    return lead == null
        ? "%s (transaction %s)"
            .formatted(forgotten.listed().echo().chargeKey(), forgotten.listed().transactionId())
        : lead.key().value();
  }

  @Override
  public void late(Remembered ended, Listed listed, Persistence patience) {
    if (ended.neverSent()) {
      forgot(ended.key().value());
    } else if (Comparison.stands(listed)) {
      tally.late();
    } else {
      differs(List.of(Comparison.mayStand(listed, ended)));
    }
  }

  @Override
  public void noted(Collection<Forgotten> forgotten) {}

  @Override
  public void notBooked(Map<Remembered, DifferenceRow> refused, Persistence patience) {}

  @Override
  public void differs(Collection<Difference> differences) {
    tally.differs(differences, 0);
  }

  @Override
  public void fits(Collection<String> transactions, Collection<String> keys) {}

  @Override
  public void gone(Collection<Long> differences) {
    tally.closed(differences.size());
  }
}
