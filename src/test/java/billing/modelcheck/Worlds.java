package billing.modelcheck;

import static billing.modelcheck.Fault.*;

import java.util.List;

/** The named configurations. */
final class Worlds {

  private Worlds() {}

  static List<Config> small() {
    return List.of(
        Config.named("orderly").runs(3, 1),
        Config.named("crash").runs(3, 1).with(CRASH, 2),
        Config.named("lost reply").runs(2, 1).with(CRASH, REPLY_LOST),
        Config.named("lost replies without keys").runs(1, 1).withoutKeys().with(REPLY_LOST, 2),
        Config.named("lagging lookup").runs(2, 1).withoutKeys().times(1, 1, 1).with(REPLY_LOST),
        Config.named("expired key").runs(2, 1).keysLive(1).times(1, 1, 1).with(REPLY_LOST),
        Config.named("second send declined").runs(1, 1).withoutKeys().with(HELD, REPLY_LOST, CRASH),
        Config.named("no lock").runs(2, 2).withoutLock().waits(0),
        Config.named("no lock, crash").runs(2, 2).withoutLock().waits(0).with(CRASH),
        Config.named("lock lost").runs(2, 2).waits(0).with(LOCK_LOST),
        Config.named("lost commit").runs(2, 1).with(COMMIT_LOST, CRASH),
        Config.named("restore").runs(1, 1).waits(0).with(RESTORE),
        Config.named("paid elsewhere").runs(2, 1).with(PAID_ELSEWHERE, CRASH),
        Config.named("undecided").runs(1, 1).with(UNDECIDED, CONFIRMED, REPLY_LOST),
        Config.named("processing").runs(2, 1).with(PROCESSING, RETURNED, CRASH),
        Config.named("another card").runs(3, 1).with(NEW_CARD, DECLINE),
        Config.named("refusals").runs(2, 1).with(THROTTLE, NEVER_LEFT, ORDER_REFUSED),
        Config.named("failing lookup").runs(2, 1).waits(0).with(LOOKUP_FAILS, CRASH),
        Config.named("a person").runs(2, 1).with(RESOLVE, CRASH, REPLY_LOST),
        Config.named("another account").runs(3, 1).waits(0).with(ENROLL, CRASH),
        Config.named("two invoices").invoices(2).runs(1, 1).waits(0).with(CRASH));
  }

  static List<Config> large() {
    return List.of(
        Config.named("three crashes").runs(4, 1).with(CRASH, 3),
        Config.named("slow and lost").runs(2, 1).with(EXPIRED, 2).with(CRASH, REPLY_LOST),
        Config.named("no lock, waiting").runs(2, 2).withoutLock().with(CRASH),
        Config.named("three at once").runs(3, 3).withoutLock().waits(0),
        Config.named("no lock, lost and declined")
            .runs(2, 2)
            .withoutLock()
            .waits(0)
            .with(REPLY_LOST, DECLINE),
        Config.named("no lock, another account").runs(2, 2).withoutLock().waits(0).with(ENROLL),
        Config.named("no lock, lag, no keys")
            .runs(2, 2)
            .withoutLock()
            .withoutKeys()
            .times(1, 1, 1)
            .waits(0)
            .with(CRASH),
        Config.named("no lock, long permit").runs(2, 2).withoutLock().times(2, 1, 0).waits(0),
        Config.named("no lock, two invoices").invoices(2).runs(2, 2).withoutLock().waits(0),
        Config.named("lock lost, crash").runs(2, 2).waits(0).with(LOCK_LOST, CRASH),
        Config.named("restore, two runs").runs(2, 1).waits(0).with(RESTORE),
        Config.named("restore, crash").runs(1, 1).waits(0).with(RESTORE, CRASH),
        Config.named("elder sibling in doubt")
            .runs(3, 1)
            .withoutKeys()
            .with(NEW_CARD, DECLINE, REPLY_LOST));
  }
}
