package billing.run;

import billing.rules.Effect;

/** Ends a run at an effect as a kill of its process would: nothing of it goes on. */
final class Killed extends Error {

  Killed(Effect at) {
    super("killed before " + at.getClass().getSimpleName());
  }
}
