package billing.store;

/**
 * The database is not there, or not as this program needs it. The message is one line for the
 * operator, with what to do.
 */
public final class DatabaseTrouble extends RuntimeException {

  /**
   * What is the matter. All end a run with the same code, but for a wrong setting and a time gone
   * by.
   */
  public enum Kind {
    UNREACHABLE,
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
    APP_SQL,
    BUSY,
    SETTINGS,
    LOST,

    /** It has forgotten what it had surely committed: it is as it was at an earlier time. */
    WENT_BACK
  }

  private final Kind kind;

  public DatabaseTrouble(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public DatabaseTrouble(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
