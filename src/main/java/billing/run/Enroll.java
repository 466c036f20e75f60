package billing.run;

import billing.gateway.AccountReply;
import billing.gateway.Gateway;
import billing.model.Account;
import billing.model.Fence;
import billing.model.Testimony;
import billing.rules.Finding;
import billing.rules.WitnessRules.Verdict;
import billing.store.Command;
import billing.store.Database;
import billing.store.DatabaseSettings;
import billing.store.Installation;
import billing.store.Installations;
import billing.store.Migrations;
import billing.store.Run.Declines;
import billing.store.RunLock;
import billing.store.Status;
import java.security.SecureRandom;
import java.time.Duration;

/**
 * Creates the installation, or admits another host to it: pins the gateway account, its mode and
 * the prefix of the charge keys.
 */
public final class Enroll {

  private final Database database;
  private final DatabaseSettings login;
  private final Gateway gateway;
  private final ChargeSettings settings;
  private final String version;

  public Enroll(
      Database database,
      DatabaseSettings login,
      Gateway gateway,
      ChargeSettings settings,
      String version) {
    this.database = database;
    this.login = login;
    this.gateway = gateway;
    this.settings = settings;
    this.version = version;
  }

  /**
   * Enrolls this host.
   *
   * @param because the person's reason, kept with the installation
   * @throws RunRefused where another run works, the gateway refuses the key, or another account
   *     would be pinned while charges of the present one are undecided
   */
  public Installation run(String because, Duration patience) {
    Migrations.check(database);
    try (var tenure =
        Tenure.begin(database, wait -> RunLock.take(login, wait), settings, patience)) {
      var footing = tenure.look();
      if (footing.verdict() instanceof Verdict.WentBack) {
        footing.require();
      }
      var account = account();
      // Judged first, so that what is refused fences off nobody.
      judge(footing, account);
      var fence = tenure.raise(Command.ENROLL, version, null);
      try {
        // And again: before its last commit a run that is fenced off now may have claimed.
        return pin(tenure, fence, judge(footing, account), account, because);
      } catch (RunRefused e) {
        tenure.end(fence, e.exitCode(), Declines.COUNT, "{}");
        throw e;
      }
    }
  }

  /** What is to be written of it. */
  private record Pinning(String installation, boolean isLost) {}

  private Pinning judge(Footing footing, Account account) {
    var present = new Installations(database).current();
    present.ifPresent(installation -> refuseChange(installation, account));
    var lost = footing.lost();
    if (present.isPresent() && !moved(present.get(), account)) {
      if (lost != null) {
        throw refusedFor(lost);
      }
      return new Pinning(present.get().id(), false);
    }
    return lost == null
        ? new Pinning(Installations.newId(new SecureRandom()), false)
        : new Pinning(lost.installation(), true);
  }

  /** The only one that knows of it would be written over. */
  private RunRefused refusedFor(Testimony lost) {
    return new RunRefused(
        Finding.WENT_BACK.exitCode(),
        "the witness in state.dir knows installation %s, and the database does not: it went back to"
                .formatted(lost.installation())
            + " before another account was pinned. Nothing was touched.",
        "set gateway.key to that account's, then the same command; where that installation is given"
            + " up, move the witness file in %s away first".formatted(settings.stateDir()));
  }

  private Installation pin(
      Tenure tenure, Fence fence, Pinning pinning, Account account, String because) {
    var installations = new Installations(database);
    var moved =
        installations
            .add(
                fence, pinning.installation(), settings.prefix(), account, settings.host(), because)
            .orElseThrow(() ->
                new RunRefused(
                    Finding.FENCED.exitCode(),
                    "a newer run began meanwhile; this host is not enrolled",
                    "the same command once that run has ended"));
    if (!pinning.isLost()) {
      tenure.enrolled(pinning.installation(), moved, database.now());
    }
    tenure.end(moved, 0, Declines.COUNT, "{}");
    return installations.current().orElseThrow();
  }

  private Account account() {
    return switch (gateway.account()) {
      case AccountReply.Known(var account) -> account;
      case AccountReply.Refused(var text) ->
          throw new RunRefused(
              Finding.ACCOUNT_REFUSED.exitCode(),
              "the gateway refused gateway.key: " + text,
              "correct gateway.key, then enroll again");
      case AccountReply.Unreachable(var why) ->
          throw new RunRefused(
              Finding.GATEWAY_UNREACHABLE.exitCode(),
              "the gateway could not be reached: " + why,
              "the same command later");
    };
  }

  /**
   * Whether it is another account under the same name: the gateway tells no ids. A person may pin
   * it on a host that is known, as a new installation, so that every other host is asked again.
   */
  private boolean moved(Installation present, Account account) {
    var pinned = new PinnedAccount(database, attempt -> gateway.find(attempt, false));
    if (!present.account().equals(account) || !pinned.contradicts(present)) {
      return false;
    }
    if (!present.hosts().contains(settings.host())) {
      pinned.require(present);
    }
    refuseWhileUndecided(present);
    return true;
  }

  /**
   * Attempts under way, and charges that do not fit, are looked up at the account that they were
   * sent to, and at no other.
   */
  private void refuseChange(Installation present, Account account) {
    var same = present.account().equals(account) && present.prefix().equals(settings.prefix());
    if (!same) {
      refuseWhileUndecided(present);
    }
  }

  private void refuseWhileUndecided(Installation present) {
    var counts = new Status(database).counts();
    var underWay = counts.sent() + counts.reviews();
    if (underWay > 0) {
      throw undecided(
          underWay + " attempts are undecided",
          present,
          "billing charge with the settings as they were; where that account was closed,"
              + " docs/cutover.md");
    }
    if (counts.askedThere() > 0) {
      throw undecided(
          counts.askedThere() + " differences are open about which the gateway is asked",
          present,
          "billing status, which lists them, and billing resolve with the settings as they were;"
              + " where that account was closed, docs/cutover.md");
    }
  }

  private static RunRefused undecided(String what, Installation present, String instead) {
    return new RunRefused(
        Finding.PAUSED.exitCode(),
        "%s at %s under the prefix %s; another account or prefix can be pinned only when they are"
                .formatted(what, present.account(), present.prefix())
            + " decided",
        instead);
  }
}
