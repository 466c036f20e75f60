package billing.run;

import billing.rules.Effect;
import billing.rules.Event;
import billing.rules.Finding;
import billing.store.DatabaseTrouble;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the rules return, and posts what came of it. Claims, noes and reading have one writer,
 * bookings another, and everything at the gateway its own threads.
 */
final class Hands implements Consumer<Effect>, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Hands.class);
  private static final Duration END = Duration.ofSeconds(10);

  private final Desk desk;
  private final Sender sender;
  private final Consumer<Event> events;
  private final ExecutorService writer = Executors.newSingleThreadExecutor();
  private final ExecutorService booker = Executors.newSingleThreadExecutor();

  Hands(Desk desk, Sender sender, Consumer<Event> events) {
    this.desk = desk;
    this.sender = sender;
    this.events = events;
  }

  @Override
  public void accept(Effect effect) {
    switch (effect) {
      case Effect.ReadSent read -> on(writer, read, () -> desk.readSent(read));
      case Effect.Enqueue enqueue -> on(writer, enqueue, desk::enqueue);
      case Effect.Claim claim -> on(writer, claim, () -> desk.claim(claim, sender::permit, events));
      case Effect.ReadSiblings read -> on(writer, read, () -> desk.readSiblings(read));
      case Effect.Write write -> on(writer, write, () -> desk.write(write));
      case Effect.Mark mark -> on(writer, mark, () -> desk.mark(mark));
      case Effect.HoldDeclines hold -> on(writer, hold, () -> desk.hold(hold));
      case Effect.Book book -> on(booker, book, () -> desk.book(book));
      case Effect.Send send -> sender.send(send);
      case Effect.Find find -> sender.find(find);
      case Effect.Close close -> sender.close(close);
      case Effect.Finish() -> {}
    }
  }

  /**
   * A database that is lost is an event like any other; a bug, or a class or memory that is not
   * there, ends the run and not the others. Whatever happens is posted: the run waits for it.
   */
  private void on(ExecutorService thread, Effect effect, Supplier<Event> work) {
    thread.execute(() -> {
      Event event = new Event.Failed(effect, Finding.BUG);
      try {
        event = work.get();
      } catch (DatabaseTrouble e) {
        event = new Event.Failed(effect, finding(e));
        LOG.error("{}", e.getMessage());
        LOG.debug("its cause", e);
      } catch (Throwable e) {
        LOG.error(
            "a bug in {}: {}", effect.getClass().getSimpleName(), e.getClass().getSimpleName());
        LOG.debug("its stack", e);
      } finally {
        events.accept(event);
      }
    });
  }

  /** What it is called in a run's report. */
  static Finding finding(DatabaseTrouble trouble) {
    return switch (trouble.kind()) {
      case APP_SQL -> Finding.APP_SQL;
      case BUSY -> Finding.DATABASE_BUSY;
      case SETTINGS -> Finding.WITNESS;
      case WENT_BACK -> Finding.WENT_BACK;
      case UNREACHABLE,
          LOGIN,
          SCHEMA_MISSING,
          SCHEMA_OLDER,
          SCHEMA_NEWER,
          NOT_WRITABLE,
          NOT_DURABLE,
          NOT_STRICT,
          NOT_TRANSACTIONAL,
          GUARD_MISSING,
          GRANT_MISSING,
          LOST ->
          Finding.DATABASE_LOST;
    };
  }

  @Override
  public void close() {
    sender.close();
    end(writer);
    end(booker);
  }

  private static void end(ExecutorService thread) {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(END.toSeconds(), TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
