package billing.store;

import billing.model.Attempt;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of the app's SQL did not do to these attempts what it must. Ends the transaction; whether
 * one attempt or the file is at fault shows when each is tried alone.
 */
final class AppRefused extends RuntimeException {

  private final List<Attempt> attempts;

  AppRefused(String file, int expected, int counted) {
    this(
        "%s changed %d rows for %d attempts%s"
            .formatted(
                file,
                counted,
                expected,
                counted == expected ? "" : " (if that is right, begin it with -- rows: any)"),
        null,
        List.of());
  }

  AppRefused(String file, Throwable cause) {
    this(file + ": " + said(cause), cause, List.of());
  }

  private AppRefused(String message, @Nullable Throwable cause, List<Attempt> attempts) {
    super(message, cause);
    this.attempts = attempts;
  }

  /** Another session keeps what it needs locked: for a single attempt as good as a refusal. */
  static AppRefused of(DatabaseTrouble busy) {
    return new AppRefused(String.valueOf(busy.getMessage()), busy, List.of());
  }

  /** What was locked; null: it was refused. */
  @Nullable DatabaseTrouble busy() {
    return getCause() instanceof DatabaseTrouble trouble ? trouble : null;
  }

  /** The same, naming the attempts of the transaction that it ended. */
  AppRefused about(List<Attempt> attemptsOfIt) {
    return new AppRefused(why(), this, List.copyOf(attemptsOfIt));
  }

  List<Attempt> attempts() {
    return attempts;
  }

  String why() {
    return String.valueOf(getMessage());
  }

  private static String said(Throwable cause) {
    return Optional.ofNullable(ServerError.in(cause).orElse(null))
        .map(ServerError::firstLine)
        .orElse(String.valueOf(cause.getMessage()));
  }
}
