package billing.rules;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** What a run has to report beside its figures, each with the exit code that it asks for. */
public enum Finding {
  BUG(1, "a bug in billing"),
  PAUSED(6, "charging is paused"),
  OTHER_ACCOUNT(6, "undecided attempts were sent to another gateway account"),
  OVER_TOTAL(6, "the next invoice would go over charge.max-total"),
  TOO_MANY_DECLINES(6, "too many declines (charge.max-declines)"),
  STOP_AFTER(6, "the run reached charge.stop-after"),
  WITNESS(6, "the witness in state.dir cannot be written"),
  FENCED(6, "a newer run has fenced this one off"),
  WENT_BACK(6, "the database went back in time"),
  FORGOTTEN(6, "the gateway has charges under our prefix that the database does not know"),
  FOREIGN(6, "another installation charges under our prefix"),
  LOCK_LOST(7, "the lock was lost with its database connection"),
  DATABASE_LOST(7, "the database was lost"),
  DATABASE_BUSY(7, "the app keeps rows locked that the run needs"),
  APP_SQL(7, "the app's SQL does not fit its database"),
  ACCOUNT_REFUSED(8, "the gateway refused our account"),
  ORDERS_REFUSED(8, "the gateway refused one order after the other"),
  GATEWAY_UNREACHABLE(8, "the gateway could not be reached"),
  SENDS_TOO_LATE(8, "permits to send ran out before their requests could leave"),
  GATEWAY_SILENT(8, "the gateway left a whole window of requests unanswered"),
  THROTTLED(8, "the gateway kept throttling us"),
  TOO_MANY_DOUBTS(8, "more doubts than charge.max-doubts"),
  PERSON_NEEDED(4, "a person is needed"),
  INTERRUPTED(130, "stopped by SIGINT"),
  TERMINATED(143, "stopped by SIGTERM"),
  DOUBTS(3, "doubts remain"),
  WAITING(3, "due invoices wait and are not charged yet"),
  LISTED_TOO_EARLY(3, "the gateway was listed too early to show all that was sent"),
  MAIL(9, "the mail server could not be reached, or took none of the mails");

  private static final List<Integer> MOST_SERIOUS_FIRST = List.of(1, 6, 7, 8, 4, 130, 143, 3, 9, 0);

  private final int exitCode;
  private final String text;

  Finding(int exitCode, String text) {
    this.exitCode = exitCode;
    this.text = text;
  }

  public int exitCode() {
    return exitCode;
  }

  public String text() {
    return text;
  }

  /** The exit code of a run with all these findings: the most serious one's, 0 where none is. */
  public static int exitCode(Collection<Finding> findings) {
    return findings.stream()
        .map(Finding::exitCode)
        .min(Comparator.comparingInt(MOST_SERIOUS_FIRST::indexOf))
        .orElse(0);
  }

  /** After it nothing may be asked, and what is in flight is only finished. */
  boolean endsAsking() {
    return switch (this) {
      case INTERRUPTED, TERMINATED, LOCK_LOST, FENCED, WENT_BACK, DATABASE_LOST, BUG -> true;
      case PAUSED,
          OTHER_ACCOUNT,
          OVER_TOTAL,
          TOO_MANY_DECLINES,
          STOP_AFTER,
          WITNESS,
          FORGOTTEN,
          FOREIGN,
          APP_SQL,
          DATABASE_BUSY,
          ACCOUNT_REFUSED,
          ORDERS_REFUSED,
          GATEWAY_UNREACHABLE,
          SENDS_TOO_LATE,
          GATEWAY_SILENT,
          THROTTLED,
          TOO_MANY_DOUBTS,
          PERSON_NEEDED,
          DOUBTS,
          WAITING,
          LISTED_TOO_EARLY,
          MAIL ->
          false;
    };
  }

  /** After it this run may not say no about anything. */
  boolean endsNoes() {
    return this == LOCK_LOST
        || this == FENCED
        || this == WENT_BACK
        || this == DATABASE_LOST
        || this == BUG;
  }
}
