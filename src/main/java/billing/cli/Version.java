package billing.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** The version of this program, as the build wrote it. */
final class Version implements IVersionProvider {

  /** Such as {@code 1.2.3}. */
  static String number() {
    try (var resource = Version.class.getResourceAsStream("/billing/version.txt")) {
      if (resource == null) {
        throw new IllegalStateException("billing/version.txt is not in the program's jar");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {"billing " + number() + " (Java " + Runtime.version().feature() + ")"};
  }
}
