package billing.run;

import billing.model.Forgotten;
import billing.rules.AdoptionRules;
import billing.rules.Finding;
import billing.rules.WitnessRules;
import billing.store.Adopted;
import billing.store.FencedWriter;
import java.time.Instant;

/**
 * What one round of a reconciliation does about what the database forgot: adopted, or named where
 * it has to wait.
 */
final class Adopting implements Acting.Remembering {

  /** What all rounds of one reconciliation adopt with. */
  record Means(
      ReconcileOrder order, FencedWriter writer, AdoptionRules rules, Cure cure, Night night) {}

  private final ReconcileOrder order;
  private final FencedWriter writer;
  private final AdoptionRules rules;
  private final Cure cure;
  private final Night night;
  private final Tally tally;
  private final Instant listed;
  private final boolean gapsAllowed;
  private int waiting;
  private int early;

  /**
   * One round.
   *
   * @param listed when its listing begins, in the database's time
   * @param gapsAllowed whether a try is adopted though one before it is lost
   */
  Adopting(Means means, Tally tally, Instant listed, boolean gapsAllowed) {
    this.order = means.order();
    this.writer = means.writer();
    this.rules = means.rules();
    this.cure = means.cure();
    this.night = means.night();
    this.tally = tally;
    this.listed = listed;
    this.gapsAllowed = gapsAllowed;
  }

  /** Forgotten tries that wait for the one before them; those whose rows have moved. */
  int waiting() {
    return waiting;
  }

  /** Forgotten ones that wait for a listing that surely shows all others. */
  int early() {
    return early;
  }

  @Override
  public boolean waitsWith(String name) {
    if (!cure.isTooEarly(listed)) {
      return false;
    }
    early++;
    tally.wouldAdopt(name);
    holdLetters();
    return true;
  }

  /** An invoice has one live attempt, so a later try waits until the one before it has ended. */
  @Override
  public void adopt(Forgotten forgotten) {
    if (!forgotten.inOrder() && !gapsAllowed) {
      waits(forgotten);
      return;
    }
    switch (writer.adopt(forgotten, order.today(), rules::adopt, holdsLetters())) {
      case Adopted.Sent(var key) -> {
        tally.adopted(key);
        holdLetters();
      }
      case Adopted.Differs(var opened) -> {
        tally.differs(opened, opened.size());
        if (!opened.isEmpty()) {
          holdLetters();
        }
      }
      case Adopted.Moved() -> waits(forgotten);
      case Adopted.Fenced(var mine, var present) -> {
        var back = WitnessRules.wentBack(mine, present);
        tally.finding(back ? Finding.WENT_BACK : Finding.FENCED);
        tally.trouble(WitnessRules.why(mine, present));
      }
    }
  }

  private void waits(Forgotten forgotten) {
    waiting++;
    tally.wouldAdopt(Looking.name(forgotten));
  }

  @Override
  public void aSend() {
    holdLetters();
    if (holdsLetters()) {
      writer.holdLetters();
    }
  }

  /** Those that are queued until this command ends, too. */
  private void holdLetters() {
    if (!order.mail()) {
      night.holdLetters();
    }
  }

  /** Where a witness refuses, none is sent before the cure, which holds them. */
  private boolean holdsLetters() {
    return !order.mail() && !cure.isWitnessed();
  }
}
