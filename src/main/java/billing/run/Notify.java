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

/**
 * Sends what waits in the outbox. Money is decided long before: whatever a mail server does delays
 * a mail and changes nothing else.
 */
public final class Notify {

  /**
   * What came of it.
   *
   * @param down why nothing could be sent any more; empty where the mail server was there
   */
  public record Result(int sent, int undeliverable, int later, String down) {

    public boolean serverDown() {
      return !down.isEmpty();
    }

    private Result and(Result other) {
      return new Result(
          sent + other.sent,
          undeliverable + other.undeliverable,
          later + other.later,
          down.isEmpty() ? other.down : down);
    }
  }

  private static final Result NOTHING = new Result(0, 0, 0, "");
  private static final int AT_ONCE = 50;
  private static final int CONNECTIONS = 4;
  private static final Duration LEASE = Duration.ofMinutes(15);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(12);

  private final Outbox outbox;
  private final Postman postman;

  public Notify(Outbox outbox, Postman postman) {
    this.outbox = outbox;
    this.postman = postman;
  }

  /** Sends until nothing is ready any more, or the mail server is down. */
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
      return result;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result(0, 0, 0, "interrupted");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
    }
  }

  private Result sendOnOneConnection() {
    var result = NOTHING;
    try (var round = postman.open()) {
      while (true) {
        var lease = outbox.lease(LEASE, AT_ONCE);
        if (lease.mails().isEmpty()) {
          return result;
        }
        result = result.and(send(round, lease));
        if (result.serverDown()) {
          return result;
        }
      }
    }
  }

  private Result send(Round round, Outbox.Lease lease) {
    int sent = 0;
    int undeliverable = 0;
    int later = 0;
    for (var mail : lease.mails()) {
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
          return new Result(sent, undeliverable, later, why);
        }
      }
    }
    return new Result(sent, undeliverable, later, "");
  }

  /** From this one on nothing was sent: they are free again at once, not after the lease. */
  private void giveBack(Outbox.Lease lease, Outbox.Mail from, String why) {
    List<Outbox.Mail> mails = lease.mails();
    mails
        .subList(mails.indexOf(from), mails.size())
        .forEach(mail -> outbox.later(lease, mail, Duration.ZERO, why));
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
        kind, mail.key(), mail.amount(), mail.invoice(), mail.decidedAt(), mail.retryOn());
  }
}
