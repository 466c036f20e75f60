package billing.store;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an error of the server or the driver means. Told by the server's own numbers: the driver's
 * SQL states do not tell a deadlock from a lock that was waited for too long.
 */
final class ServerError {

  static final int DUPLICATE = 1062;
  static final int READ_ONLY = 1290;
  static final int LOCK_WAIT = 1205;

  private static final Set<Integer> REPEAT = Set.of(1213, LOCK_WAIT, 1020, 3572);
  private static final Set<Integer> NOT_WRITABLE = Set.of(1290, 1792, 1836, 1036, 1015, 1047);
  private static final Set<Integer> LOGIN = Set.of(1045, 1044, 1698, 1862, 1820, 1129, 1130, 4151);
  private static final Set<Integer> DENIED = Set.of(1142, 1143, 1227, 1370);
  private static final Set<Integer> GOING_DOWN = Set.of(1053, 1077, 1079, 1927, 4031);

  /** HikariCP's word where it has closed a connection on which something was lost. */
  private static final String THROWN_AWAY = "Connection is closed";

  private ServerError() {}

  static Optional<SQLException> in(Throwable thrown) {
    for (@Nullable Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SQLException e) {
        return Optional.of(e);
      }
    }
    return Optional.empty();
  }

  static int code(Throwable thrown) {
    return in(thrown).map(SQLException::getErrorCode).orElse(0);
  }

  /** The whole transaction may be tried again: nothing of it was or will be committed. */
  static boolean isRepeatable(Throwable thrown) {
    return REPEAT.contains(code(thrown));
  }

  static boolean isNotWritable(Throwable thrown) {
    return NOT_WRITABLE.contains(code(thrown));
  }

  static boolean isDenied(Throwable thrown) {
    return DENIED.contains(code(thrown));
  }

  /** The session is gone, or nobody knows. */
  static boolean isLost(Throwable thrown) {
    return in(thrown)
        .map(e ->
            GOING_DOWN.contains(e.getErrorCode())
                || (e.getSQLState() != null && e.getSQLState().startsWith("08"))
                || THROWN_AWAY.equals(e.getMessage())
                || e instanceof java.sql.SQLTransientConnectionException)
        .orElse(false);
  }

  /** Whether this is a duplicate in the unique key of that name; MySQL prefixes the table. */
  static boolean isDuplicateIn(Throwable thrown, String key) {
    return in(thrown)
        .filter(e -> e.getErrorCode() == DUPLICATE)
        .map(e -> String.valueOf(e.getMessage()).contains(key + "'"))
        .orElse(false);
  }

  /** In one line what the operator should know, or the error itself where it is a bug of ours. */
  static RuntimeException trouble(Throwable thrown, DatabaseUrl url) {
    var error = in(thrown).orElse(null);
    if (error == null || thrown instanceof DatabaseTrouble) {
      return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
    }
    var code = error.getErrorCode();
    var says = " (" + firstLine(error) + ")";
    if (LOGIN.contains(code)) {
      return new DatabaseTrouble(
          DatabaseTrouble.Kind.LOGIN,
          "the database refuses db.user or db.password for " + url + says,
          thrown);
    }
    if (code == 1049) {
      return new DatabaseTrouble(
          DatabaseTrouble.Kind.SCHEMA_MISSING, "there is no schema " + url + says, thrown);
    }
    if (code == 1146) {
      return new DatabaseTrouble(
          DatabaseTrouble.Kind.SCHEMA_MISSING,
          "a table is missing in " + url + ": run billing migrate" + says,
          thrown);
    }
    if (isDenied(thrown)) {
      return new DatabaseTrouble(
          DatabaseTrouble.Kind.GRANT_MISSING,
          "db.user lacks a right in " + url + ": see sql/grants.sql" + says,
          thrown);
    }
    if (isNotWritable(thrown)) {
      return new DatabaseTrouble(
          DatabaseTrouble.Kind.NOT_WRITABLE,
          "the database " + url + " takes no writes: is it a replica?" + says,
          thrown);
    }
    if (isRepeatable(thrown)) {
      return new DatabaseTrouble(
          DatabaseTrouble.Kind.BUSY,
          "another session keeps rows locked that billing needs in " + url + says,
          thrown);
    }
    if (isLost(thrown)) {
      return new DatabaseTrouble(
          DatabaseTrouble.Kind.UNREACHABLE,
          "the database cannot be reached: " + url + says,
          thrown);
    }
    return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
  }

  static String firstLine(SQLException error) {
    var message = error.getMessage();
    return message == null
        ? "error " + error.getErrorCode()
        : message.lines().filter(l -> !l.isBlank()).findFirst().orElse("");
  }
}
