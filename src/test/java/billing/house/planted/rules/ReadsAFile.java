package billing.house.planted.rules;

import java.nio.file.Files;
import java.nio.file.Path;

final class ReadsAFile {

  boolean decide(Path path) {
    return Files.exists(path);
  }
}
