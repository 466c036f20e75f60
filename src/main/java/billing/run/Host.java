package billing.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** This machine, as the witness and the history name it. */
public final class Host {

  private Host() {}

  /**
   * The name that was set, or else the machine's own name and the beginning of its machine id: a
   * name alone does not tell a machine from its clone.
   */
  public static String identity(@Nullable String set) {
    if (set != null) {
      return set;
    }
    var name = read(Path.of("/proc/sys/kernel/hostname"));
    var id = read(Path.of("/etc/machine-id"));
    if (name.isEmpty()) {
      name = System.getenv().getOrDefault("HOSTNAME", "localhost");
    }
    return id.isEmpty() ? name : name + "/" + id.substring(0, Math.min(8, id.length()));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException notHere) {
      return "";
    }
  }
}
