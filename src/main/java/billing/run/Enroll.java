package billing.run;

import billing.gateway.AccountReply;
import billing.gateway.Gateway;
import billing.model.Account;
import billing.model.Fence;
import billing.rules.Finding;
import billing.rules.WitnessRules.Verdict;
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
      var fence = tenure.raise("enroll", version, null);
      try {
        return enrolled(tenure, footing, fence, account, because);
      } catch (RunRefused e) {
        tenure.end(fence, e.exitCode(), Declines.COUNT, "{}");
        throw e;
      }
    }
  }

  /** Under the raised fence: what is undecided now was sent by nobody who could send more. */
  private Installation enrolled(
      Tenure tenure, Footing footing, Fence fence, Account account, String because) {
    var installations = new Installations(database);
    var present = installations.current();
    present.ifPresent(installation -> refuseChange(installation, account));
    var moved = present.isPresent() && moved(present.get(), account);
    var lost = present.isEmpty() ? footing.lost() : null;
    var id =
        present
            .filter(installation -> !moved)
            .map(Installation::id)
            .orElseGet(
                () -> lost == null ? Installations.newId(new SecureRandom()) : lost.installation());
    installations.add(fence, id, settings.prefix(), account, settings.host(), because);
    if (lost == null) {
      tenure.enrolled(id, fence, database.now());
    }
    tenure.end(fence, 0, Declines.COUNT, "{}");
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

  /** Attempts under way are looked up at the account that they were sent to, and at no other. */
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
      throw new RunRefused(
          Finding.PAUSED.exitCode(),
          "%d attempts are undecided at %s under the prefix %s; another account or prefix can be"
                  .formatted(underWay, present.account(), present.prefix())
              + " pinned only when they are decided",
          "billing charge with the settings as they were");
    }
  }
}
