package billing.run;

import billing.mail.Delivery;
import billing.mail.Letter;
import billing.mail.Postman;
import billing.mail.Round;
import billing.store.Outbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends what waits in the outbox. Money is decided long before: whatever a mail server does delays
 * a mail and changes nothing else.
 */
public final class Notify {

  /**
   * What came of it.
   *
   * @param down why nothing could be sent any more; empty where the mail server was there
   * @param waiting how many still wait, also those whose next try is not yet due
   * @param stopped whether it was told to end before all were sent
   */
  public record Result(
      int sent, int undeliverable, int later, String down, long waiting, boolean stopped) {

    public boolean serverDown() {
      return !down.isEmpty();
    }

    /** Not one of those that were tried got out: then it is not about single addresses. */
    public boolean failed() {
      return serverDown() || (sent == 0 && later > 0);
    }

    private Result and(Result other) {
      return new Result(
          sent + other.sent,
          undeliverable + other.undeliverable,
          later + other.later,
          down.isEmpty() ? other.down : down,
          waiting + other.waiting,
          stopped || other.stopped);
    }
  }

  private static final Result NOTHING = new Result(0, 0, 0, "", 0, false);
  private static final int AT_ONCE = 50;
  private static final int CONNECTIONS = 4;
  private static final Duration LEASE = Duration.ofMinutes(15);

  /** A mail is not begun with less left than it may take, and is written down after it. */
  private static final Duration SLOWEST_MAIL = Round.LONGEST_MAIL.plusMinutes(1);

  private static final Duration LONGEST_PAUSE = Duration.ofHours(12);

  private final Outbox outbox;
  private final Postman postman;
  private final BooleanSupplier stopped;

  /**
   * @param stopped looked at between two mails
   */
  public Notify(Outbox outbox, Postman postman, BooleanSupplier stopped) {
    this.outbox = outbox;
    this.postman = postman;
    this.stopped = stopped;
  }

  /** Sends until nothing is ready any more, the mail server is down, or it is told to stop. */
  public Result sendAll() {
    var connections = outbox.waiting().ready() > AT_ONCE ? CONNECTIONS : 1;
    // Platform threads: the mail library holds a monitor while it waits for the network.
    try (var threads = Executors.newFixedThreadPool(connections)) {
      var result = NOTHING;
      var rounds = new ArrayList<Callable<Result>>();
      for (int i = 0; i < connections; i++) {
        rounds.add(this::sendOnOneConnection);
      }
      for (var round : threads.invokeAll(rounds)) {
        result = result.and(round.get());
      }
      return result.and(new Result(0, 0, 0, "", outbox.waiting().ready(), false));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result(0, 0, 0, "interrupted", 0, true);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
    }
  }

  private Result sendOnOneConnection() {
    var result = NOTHING;
    try (var round = postman.open()) {
      while (true) {
        var lastBegin = System.nanoTime() + LEASE.minus(SLOWEST_MAIL).toNanos();
        var lease = outbox.lease(LEASE, AT_ONCE);
        if (lease.mails().isEmpty()) {
          return result;
        }
        result = result.and(send(round, lease, lastBegin));
        if (result.serverDown() || result.stopped()) {
          return result;
        }
      }
    }
  }

  private Result send(Round round, Outbox.Lease lease, long lastBegin) {
    int sent = 0;
    int undeliverable = 0;
    int later = 0;
    for (var mail : lease.mails()) {
      if (stopped.getAsBoolean()) {
        giveBack(lease, mail, null);
        return new Result(sent, undeliverable, later, "", 0, true);
      }
      if (System.nanoTime() > lastBegin) {
        // Beyond the lease another sender would have it, too.
        giveBack(lease, mail, null);
        break;
      }
      switch (round.send(letter(mail))) {
        case Delivery.Sent() -> {
          // At once and one by one: a mail that was taken is sent again only if we die here.
          outbox.sent(lease, mail);
          sent++;
        }
        case Delivery.Later(var why) -> {
          outbox.later(lease, mail, pause(mail.tries()), why);
          later++;
        }
        case Delivery.Undeliverable(var why) -> {
          outbox.undeliverable(lease, mail, why);
          undeliverable++;
        }
        case Delivery.ServerDown(var why) -> {
          giveBack(lease, mail, why);
          return new Result(sent, undeliverable, later, why, 0, false);
        }
      }
    }
    return new Result(sent, undeliverable, later, "", 0, false);
  }

  /** From this one on nothing was sent: they are free again at once, not after the lease. */
  private void giveBack(Outbox.Lease lease, Outbox.Mail from, @Nullable String why) {
    List<Outbox.Mail> mails = lease.mails();
    mails
        .subList(mails.indexOf(from), mails.size())
        .forEach(mail -> outbox.giveBack(lease, mail, why));
  }

  /** Ten minutes, doubled each time, up to half a day. */
  private static Duration pause(int tries) {
    var pause = Duration.ofMinutes(10L << Math.min(tries - 1, 8));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  private static Letter letter(Outbox.Mail mail) {
    var kind =
        switch (mail.kind()) {
          case ACCEPTED -> Letter.Kind.ACCEPTED;
          case DECLINED -> Letter.Kind.DECLINED;
        };
    return new Letter(
        kind,
        mail.key(),
        mail.amount(),
        mail.invoice(),
        mail.decidedAt(),
        mail.retryOn(),
        mail.triedAgain());
  }
}
