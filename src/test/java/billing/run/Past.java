package billing.run;

import billing.store.Backup;
import billing.store.TestDatabase;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a restore would bring back: the tables as they were before one of the run's COMMITs. */
final class Past {
  private final CrashCase.@Nullable Back back;
  private final TestDatabase schema;
  private @Nullable Backup backup;
  private int passed;

  Past(CrashCase.@Nullable Back back, TestDatabase schema) {
    this.back = back;
    this.schema = schema;
    this.backup = back == null ? null : Backup.take(schema);
  }

  /** Another COMMIT is about to pass. */
  void commits() {
    if (back != null && ++passed == back.toCommit()) {
      backup = Backup.take(schema);
    }
  }

  /** No session survives a restore. Once only. */
  void comesBack() {
    if (back != null && backup != null) {
      schema.kill(schema.sessions());
      backup.restore(
          switch (back.what()) {
            case OURS -> Backup.OURS;
            case APPS -> Backup.APPS;
            case BOTH -> Stream.concat(Backup.OURS.stream(), Backup.APPS.stream()).toList();
          });
      backup = null;
    }
  }
}
