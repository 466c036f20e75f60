package billing.run;

import billing.gateway.Gateway;
import billing.gateway.Inquiries;
import billing.gateway.Permit;
import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotCharged.Proof;
import billing.rules.Effect;
import billing.rules.Event;
import billing.rules.Evidence;
import billing.rules.Finding;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The hands at the gateway: one virtual thread an exchange, so many at once, at a steady pace. */
final class Sender implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

  /** What asks for the money. */
  @FunctionalInterface
  interface Till {
    GatewayReply charge(Attempt attempt, Permit permit);
  }

  private final Inquiries inquiries;
  private final Till till;
  private final RunClock clock;
  private final Pace pace;
  private final Semaphore places;
  private final Consumer<Event> events;
  private final Map<ChargeKey, Permit> permits = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  Sender(Gateway gateway, RunClock clock, Pace pace, int concurrency, Consumer<Event> events) {
    this(gateway, gateway::charge, clock, pace, concurrency, events);
  }

  /** For a command that never charges: it asks, and closes what could still become a charge. */
  static Sender ofQuestions(
      Inquiries inquiries, RunClock clock, Pace pace, int concurrency, Consumer<Event> events) {
    return new Sender(
        inquiries,
        (attempt, permit) -> {
          throw new IllegalStateException(attempt.key() + " must not be sent by this command");
        },
        clock,
        pace,
        concurrency,
        events);
  }

  private Sender(
      Inquiries inquiries,
      Till till,
      RunClock clock,
      Pace pace,
      int concurrency,
      Consumer<Event> events) {
    this.inquiries = inquiries;
    this.till = till;
    this.clock = clock;
    this.pace = pace;
    this.places = new Semaphore(concurrency);
    this.events = events;
  }

  /** Leave for the next send of these attempts, given by the claim that made them SENT. */
  void permit(Iterable<Attempt> claimed, Permit permit) {
    claimed.forEach(attempt -> permits.put(attempt.key(), permit));
  }

  void send(Effect.Send send) {
    var attempt = send.attempt();
    var permit = permits.remove(attempt.key());
    if (permit == null) {
      throw new IllegalStateException(attempt.key() + " was not claimed by this run");
    }
    exchange(send, attempt, () -> new Evidence.Answer(charge(attempt, permit)));
  }

  /** Behind others in the queue a permit may run out, and the gateway has no part in that. */
  private GatewayReply charge(Attempt attempt, Permit permit) {
    return permit.stillValid()
        ? till.charge(attempt, permit)
        : new GatewayReply.NotCharged(
            "the permit to send ran out before its turn came", Proof.TOO_LATE);
  }

  void find(Effect.Find find) {
    exchange(
        find,
        find.attempt(),
        () -> {
          var asked = clock.now();
          var all = inquiries.find(find.attempt(), find.afterDuplicate());
          return new Evidence.Found(all, Clocks.apart(clock, inquiries), asked);
        });
  }

  void close(Effect.Close close) {
    exchange(
        close,
        close.attempt(),
        () ->
            new Evidence.Closing(
                inquiries.close(close.attempt(), close.transactionId()), close.then()));
  }

  /**
   * The outermost boundary of one exchange: a bug in it, or a class or memory that is not there,
   * ends the run, never the others' evidence. Whatever happens is posted: the run waits for it.
   */
  private void exchange(Effect effect, Attempt attempt, Supplier<Evidence> work) {
    threads.execute(() -> {
      Event event = new Event.Failed(effect, Finding.BUG);
      try {
        places.acquire();
        try {
          pace.await();
          event = new Event.Heard(attempt.key(), attempt.sendNo(), work.get());
        } finally {
          places.release();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Throwable e) {
        LOG.error(
            "a bug in the exchange about {}: {}", attempt.key(), e.getClass().getSimpleName());
        LOG.debug("its stack", e);
      } finally {
        events.accept(event);
      }
    });
  }

  /** Ends the exchanges that are under way; what they were about stays SENT. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
