package billing.rules;

import billing.model.Difference;
import billing.model.Forgotten;
import billing.model.Listed;
import billing.model.Remembered;

/** What one transaction of the gateway's listing is to us. */
public sealed interface Compared {

  /** As it should be; what was open about it is gone. */
  record Fits() implements Compared {}

  /** Not ours, or not decided there: nothing follows, and nothing that is open about it closes. */
  record Nothing() implements Compared {}

  /** The same as {@link Forgot}, and a person was told of it before. */
  record Noted(Forgotten forgotten) implements Compared {}

  /**
   * Somebody else's charge that stands, be it in part, is on its way, is authorized, or of which
   * the gateway does not say how it ended: held against what is due, and against the app's books.
   */
  record Elsewhere(Listed listed) implements Compared {}

  /** The database went back behind it. */
  record Forgot(Forgotten forgotten) implements Compared {}

  /** An attempt that had ended, or was to be sent again, was approved after all, or may be. */
  record Late(Remembered ended, Listed listed) implements Compared {}

  /** Under our prefix, but made by another installation. */
  record Foreign(String key, String installation) implements Compared {}

  record Differs(Difference difference) implements Compared {}
}
