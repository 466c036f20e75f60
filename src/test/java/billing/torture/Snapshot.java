package billing.torture;

import billing.sandbox.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** A copy of the database server's files, as a storage system makes it, and the way back to it. */
final class Snapshot {

  private final EmbeddedDatabase database;
  private final Path data;
  private final Path copy;

  private Snapshot(EmbeddedDatabase database, Path data) {
    this.database = database;
    this.data = data;
    this.copy = data.resolveSibling("snapshot");
  }

  /**
   * Of the server as it is at this moment; one at a time.
   *
   * @param data where it keeps its files
   */
  static Snapshot take(EmbeddedDatabase database, Path data) throws IOException {
    var snapshot = new Snapshot(database, data);
    database.kill9();
    replace(snapshot.copy, data);
    database.restart();
    return snapshot;
  }

  /**
   * All that was written since is gone.
   *
   * @param down how long the server is away over it
   */
  void restore(Duration down) throws IOException, InterruptedException {
    database.kill9();
    replace(data, copy);
    Thread.sleep(down);
    database.restart();
  }

  private static void replace(Path what, Path by) throws IOException {
    if (Files.exists(what)) {
      for (var path : tree(what).reversed()) {
        Files.delete(path);
      }
    }
    for (var path : tree(by)) {
      // The dead server's socket lies there, too.
      if (Files.isDirectory(path) || Files.isRegularFile(path)) {
        Files.copy(path, what.resolve(by.relativize(path).toString()));
      }
    }
  }

  private static List<Path> tree(Path root) throws IOException {
    try (var paths = Files.walk(root)) {
      return paths.sorted(Comparator.naturalOrder()).toList();
    }
  }
}
