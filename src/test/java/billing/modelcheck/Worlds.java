package billing.modelcheck;

import static billing.modelcheck.Fault.*;

import java.util.List;
import java.util.stream.Stream;

/** The named configurations. */
final class Worlds {

  private Worlds() {}

  /** Those of every build. */
  static List<Config> small() {
    return Stream.of(alone(), together(), people()).flatMap(List::stream).toList();
  }

  /** One run at a time. */
  private static List<Config> alone() {
    return List.of(
        Config.named("orderly").runs(3, 1),
        Config.named("crash").runs(3, 1).with(CRASH, 2),
        Config.named("lost reply").runs(2, 1).with(CRASH, REPLY_LOST),
        Config.named("lost replies without keys").runs(1, 1).withoutKeys().with(REPLY_LOST, 2),
        Config.named("lagging lookup").runs(2, 1).withoutKeys().times(1, 1, 1).with(REPLY_LOST),
        Config.named("expired key").runs(2, 1).keysLive(1).times(1, 1, 1).with(REPLY_LOST, CRASH),
        Config.named("second send declined").runs(1, 1).withoutKeys().with(HELD, REPLY_LOST, CRASH),
        Config.named("elder sibling in doubt")
            .runs(3, 1)
            .withoutKeys()
            .with(NEW_CARD, DECLINE, REPLY_LOST),
        Config.named("lost commit").runs(2, 1).with(COMMIT_LOST, CRASH),
        Config.named("restore").runs(2, 1).waits(0).with(RESTORE),
        Config.named("restore, crash").runs(1, 1).waits(0).with(RESTORE, CRASH),
        Config.named("restore, no witness")
            .runs(2, 1)
            .waits(0)
            .with(RESTORE)
            .without(Config.Guard.WITNESS),
        Config.named("undecided").runs(1, 1).with(UNDECIDED, CONFIRMED, REPLY_LOST),
        Config.named("processing").runs(2, 1).with(PROCESSING, RETURNED, CRASH),
        Config.named("refusals").runs(2, 1).with(THROTTLE, NEVER_LEFT, ORDER_REFUSED),
        Config.named("failing lookup").runs(2, 1).waits(0).with(LOOKUP_FAILS, CRASH),
        Config.named("two invoices").invoices(2).runs(1, 1).waits(0).with(CRASH));
  }

  /** Two runs or three that live at the same time. */
  private static List<Config> together() {
    return List.of(
        rivals("no lock"),
        rivals("no lock, crash").with(CRASH),
        rivals("no lock, lost commit").with(COMMIT_LOST),
        rivals("no lock, paid elsewhere").with(PAID_ELSEWHERE),
        rivals("no lock, another account").with(ENROLL),
        rivals("no lock, restore").with(RESTORE).with(EXPIRED, 0),
        rivals("late approval, another card").with(HELD, NEW_CARD),
        rivals("late approval, paid elsewhere").with(HELD, PAID_ELSEWHERE),
        rivals("three at once").runs(3, 3).with(EXPIRED, 0),
        rivals("no lock, two invoices").invoices(2).with(EXPIRED, 0),
        Config.named("lock lost").runs(2, 2).waits(0).with(LOCK_LOST));
  }

  /** Somebody else changes something. */
  private static List<Config> people() {
    return List.of(
        Config.named("paid elsewhere").runs(2, 1).with(PAID_ELSEWHERE, CRASH, REPLY_LOST),
        Config.named("another card").runs(3, 1).with(NEW_CARD, DECLINE),
        Config.named("a person").runs(2, 1).with(RESOLVE, CRASH, REPLY_LOST),
        Config.named("a person, no lock").runs(1, 1).withoutLock().with(RESOLVE, CRASH, REPLY_LOST),
        Config.named("a person, lock lost").runs(2, 1).with(RESOLVE, LOCK_LOST, REPLY_LOST),
        Config.named("a person, restore").runs(1, 1).with(RESOLVE, RESTORE, REPLY_LOST),
        Config.named("another account").runs(3, 1).waits(0).with(ENROLL, CRASH),
        Config.named("elder of another account").runs(2, 1).waits(0).with(CRASH, RESOLVE, ENROLL),
        Config.named("elder of another account, seen there")
            .runs(3, 1)
            .waits(0)
            .with(CRASH, ENROLL)
            .with(RESOLVE, 2),
        Config.named("another account, lost reply").runs(2, 1).with(ENROLL, CRASH, REPLY_LOST));
  }

  /** Two live runs that the fence alone keeps apart. */
  private static Config rivals(String name) {
    return Config.named(name).runs(2, 2).withoutLock().waits(0);
  }

  /** Those that take minutes, or tell little that is new. */
  static List<Config> large() {
    return List.of(
        Config.named("three crashes").runs(4, 1).with(CRASH, 3),
        Config.named("slow and lost").runs(2, 1).with(EXPIRED, 2).with(CRASH, REPLY_LOST),
        rivals("no lock, waiting").waits(1).with(CRASH),
        rivals("three sleepers at once").runs(3, 3),
        rivals("no lock, lost and declined").with(REPLY_LOST, DECLINE),
        rivals("no lock, lag, no keys").withoutKeys().times(1, 1, 1).with(CRASH),
        rivals("no lock, long permit").times(2, 1, 0),
        rivals("no lock, two invoices, a sleeper").invoices(2),
        rivals("no lock, two invoices, crash").invoices(2).with(CRASH).with(EXPIRED, 0),
        rivals("three at once, crash").runs(3, 3).with(CRASH).with(EXPIRED, 0),
        rivals("no lock, another card").with(NEW_CARD, DECLINE),
        rivals("no lock, a person").with(RESOLVE, REPLY_LOST),
        rivals("no lock, restore, a sleeper").with(RESTORE),
        Config.named("lock lost, crash").runs(2, 2).waits(0).with(LOCK_LOST, CRASH),
        Config.named("lock lost twice").runs(3, 3).waits(0).with(LOCK_LOST, 2).with(EXPIRED, 0),
        Config.named("two invoices, lost reply")
            .invoices(2)
            .runs(2, 1)
            .waits(0)
            .with(CRASH, REPLY_LOST));
  }
}
