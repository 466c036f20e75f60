package billing.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import billing.model.Fence;
import billing.model.Testimony;
import billing.store.Witness.Opening;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WitnessTest {

  private static final Testimony TESTIMONY =
      new Testimony(
          "0123456789ab",
          "9f3e app1",
          new Fence(7, "abc", 12),
          "uuid-1 db1:3306",
          true,
          Instant.parse("2026-11-24T01:02:03.000004Z"));

  @TempDir private Path directory;

  @Test
  void saysWhatWasWrittenLast() {
    try (var witness = open()) {
      assertThat(witness.read()).isEmpty();
      witness.write(TESTIMONY);
      witness.write(TESTIMONY);
    }
    try (var witness = open()) {
      assertThat(witness.read()).contains(TESTIMONY);
    }
  }

  @Test
  void aFileOfAnEarlierVersionIsNotBlind() throws Exception {
    try (var witness = open()) {
      witness.write(TESTIMONY);
      var file = directory.resolve("witness-shop");
      Files.writeString(file, Files.readString(file).replace("blind=true\n", ""));

      assertThat(witness.read())
          .hasValueSatisfying(read -> assertThat(read.blind()).isFalse())
          .hasValueSatisfying(read -> assertThat(read.fence()).isEqualTo(TESTIMONY.fence()));
    }
  }

  @Test
  void isLockedWhileARunLasts() {
    try (var witness = open()) {
      assertThat(Witness.open(directory, "shop", "pid 2"))
          .isEqualTo(new Opening.TakenBy("pid 1, billing charge"));
      assertThat(Witness.open(directory, "other", "pid 3")).isInstanceOf(Opening.Open.class);
      assertThat(witness.read()).isEmpty();
    }
    open().close();
  }

  @Test
  void isReadableByItsOwnerAlone() throws Exception {
    try (var witness = open()) {
      witness.write(TESTIMONY);
    }
    try (var files = Files.list(directory)) {
      assertThat(files)
          .hasSize(2)
          .allSatisfy(file ->
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                  .isEqualTo("rw-------"));
    }
  }

  /** A run by hand, as root; the night's is the directory's owner's. */
  @Test
  void belongsToTheOwnerOfItsDirectory() throws Exception {
    assumeThat(Files.getOwner(directory).getName()).isEqualTo("root");
    var users = directory.getFileSystem().getUserPrincipalLookupService();
    var nightly = users.lookupPrincipalByName("nobody");
    Files.setOwner(directory, nightly);
    open().close();
    Files.setOwner(directory.resolve("witness-shop.lock"), users.lookupPrincipalByName("root"));

    try (var witness = open()) {
      witness.write(TESTIMONY);
      witness.write(TESTIMONY);
    }

    try (var files = Files.list(directory)) {
      assertThat(files)
          .hasSize(2)
          .allSatisfy(file -> assertThat(Files.getOwner(file)).isEqualTo(nightly));
    }
  }

  @Test
  void aHalfWrittenOneOfAPowerCutIsNoTestimony() throws Exception {
    Files.writeString(directory.resolve("witness-shop"), "installation=0123456789ab\nhost=");
    try (var witness = open()) {
      assertThatThrownBy(witness::read)
          .isInstanceOf(DatabaseTrouble.class)
          .hasMessageContaining("witness-shop cannot be read");
    }
  }

  @Test
  void aStateDirectoryThatIsNotThereIsNotMade() {
    assertThatThrownBy(() -> Witness.open(directory.resolve("unmounted"), "shop", "pid 1"))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("state.dir");
  }

  private Witness open() {
    return ((Opening.Open) Witness.open(directory, "shop", "pid 1, billing charge")).witness();
  }
}
