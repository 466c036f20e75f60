package billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import billing.store.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildrenTest {

  @TempDir private Path directory;

  @Test
  void aChildObeysItsFileAndNotTheShopsEnvironment() throws Exception {
    var shop = TestDatabase.empty();
    var environment = new HashMap<>(System.getenv());
    environment.put("BILLING_DB_URL", shop.settings().url());
    environment.put("BILLING_DB_USER", shop.ownerSettings().user());
    environment.put("BILLING_DB_PASSWORD", shop.ownerSettings().password());
    var settings = directory.resolve("billing.properties");
    Files.writeString(
        settings,
        """
        db.url=jdbc:mysql://127.0.0.1:1/demo
        db.user=demo
        db.password=demo
        gateway.kind=stripe
        gateway.key=sk_test_1
        charge.prefix=SHOP
        charge.zone=UTC
        mail.host=localhost
        mail.from=billing@example.com
        state.dir=%s
        """
            .formatted(directory));
    try (var children = new Children(settings, directory, environment)) {
      var child = children.start("migrate");

      assertThat(child.await()).isEqualTo(7);
      assertThat(String.join("\n", child.said())).contains("127.0.0.1:1");
    }
    assertThat(shop.column("SHOW TABLES")).isEmpty();
  }

  @Test
  void whereTheProgramIsIsNoSetting() {
    assertThat(
            Children.settingsIn(
                Map.of("BILLING_HOME", "/x", "BILLING_JAVA", "y", "BILLING_CONFIG", "z", "A", "b")))
        .containsExactly("BILLING_CONFIG");
  }
}
