package billing.run;

import billing.model.Attempt;
import billing.rules.Finding;
import billing.rules.Resolution;
import billing.rules.WitnessRules;
import billing.store.Resolutions;
import billing.store.Resolved;
import java.util.Optional;

/** What the rules and the store answered, for whoever can only go on or be refused. */
final class Verdicts {

  private static final int REFUSED = 6;

  private Verdicts() {}

  /**
   * What may be done; empty where it was done before.
   *
   * @throws RunRefused where it may not
   */
  static <T> Optional<T> allowed(Resolution<T> resolution) {
    return switch (resolution) {
      case Resolution.Allowed<T>(var what, var says) -> Optional.of(what);
      case Resolution.Done<T>(var what) -> Optional.empty();
      case Resolution.Refused<T>(var why, var instead) -> throw refused(why, instead);
      case Resolution.NoAnswer<T>(var why) -> throw noAnswer(why);
    };
  }

  /**
   * What was done before; empty where nothing was.
   *
   * @throws RunRefused where it may not be done
   */
  static <T> Optional<String> before(Optional<Resolution<T>> resolution) {
    return resolution.flatMap(found ->
        switch (found) {
          case Resolution.Done<T>(var what) -> Optional.of(what);
          case Resolution.Allowed<T> allowed -> Optional.empty();
          case Resolution.Refused<T>(var why, var instead) -> throw refused(why, instead);
          case Resolution.NoAnswer<T>(var why) -> throw noAnswer(why);
        });
  }

  /**
   * Nothing, where it is written.
   *
   * @throws RunRefused where it is not
   */
  static void written(Resolved resolved) {
    switch (resolved) {
      case Resolved.Written written -> {}
      case Resolved.OneTooMany(var differences) ->
          throw new RunRefused(
              Finding.PERSON_NEEDED.exitCode(),
              "another attempt of its invoice lives, so it is not booked: it is one charge too"
                  + " many, and a difference says so",
              "billing status");
      case Resolved.Moved() ->
          throw refused("it changed at this very moment; nothing was written", "the same command");
      case Resolved.Fenced(var mine, var present) ->
          throw refused(
              WitnessRules.why(mine, present) + "; nothing was written", "billing status");
      case Resolved.NotBookable(var why) ->
          throw new RunRefused(
              Finding.APP_SQL.exitCode(),
              "the app's SQL refuses it; nothing was written: " + why,
              "mend the file or the schema, then the same command");
    }
  }

  /**
   * That the app's books do not have the transaction: it would be entered once more.
   *
   * @throws RunRefused where they have it
   */
  static void requireUnbooked(Resolutions resolutions, String transaction, Attempt attempt) {
    if (resolutions.isInBooks(transaction)) {
      throw refused(
          "the app's books have transaction %s already, so nothing would be booked"
              .formatted(transaction),
          "billing show %s        and the right transaction, or none if that one paid it"
              .formatted(attempt.order().invoiceId()));
    }
  }

  static RunRefused refused(String why, String instead) {
    return new RunRefused(REFUSED, why, instead);
  }

  static RunRefused noAnswer(String why) {
    return new RunRefused(
        Finding.GATEWAY_UNREACHABLE.exitCode(),
        "the gateway did not answer: " + why + ". Nothing was changed.",
        "the same command later");
  }

  /** What a person named is not there. */
  static RunRefused unknown(String what, String instead) {
    return new RunRefused(2, "billing knows no " + what, instead);
  }
}
