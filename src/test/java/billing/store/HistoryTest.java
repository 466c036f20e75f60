package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Fence;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HistoryTest {

  private Shop shop;

  @BeforeEach
  void open() {
    shop = new Shop();
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void anInvoicesStoryIsToldFromItsHistory() {
    var first = shop.sent(1).getFirst();
    shop.record(Shop.decline(first, null));
    shop.enqueue();
    shop.nextRun();
    shop.book(Shop.settle(shop.claim(1).sent().getFirst(), "pi_1"));

    var story = new History(shop.database).story("1");

    assertThat(story).hasSize(2);
    assertThat(story.getFirst().declineCode()).isEqualTo("51");
    assertThat(story.getFirst().happenings())
        .extracting(h -> h.from() + ">" + h.to() + " " + h.sends())
        .containsExactly("null>PENDING ", "PENDING>SENT ?", "SENT>DECLINED d");
    var last = story.getLast();
    assertThat(last.settledAmount()).isEqualByComparingTo("79");
    assertThat(last.happenings().getLast())
        .satisfies(h -> {
          assertThat(h.command()).isEqualTo("charge");
          assertThat(h.host()).isEqualTo("app1");
          assertThat(h.runNo()).isEqualTo(shop.fence.epoch());
          assertThat(h.transactionId()).isEqualTo("pi_1");
          assertThat(h.evidence()).isEqualTo("the gateway said APPROVED");
          assertThat(h.byUser()).startsWith("nightly_");
        });
    assertThat(new History(shop.database).story("999")).isEmpty();
  }

  @Test
  void whatADeadRunLeftSentIsFoundPageByPage() {
    var sent = shop.sent(3);
    var dead = shop.fence.epoch();
    shop.nextRun();
    shop.withInvoices(1, "1.00").enqueue();
    shop.claim(1);
    var reader = new AttemptReader(shop.database);

    assertThat(reader.sentBefore(dead, null, 10)).isEmpty();
    var page = reader.sentBefore(shop.fence.epoch(), null, 2);
    assertThat(page).isEqualTo(sent.subList(0, 2));
    assertThat(reader.sentBefore(shop.fence.epoch(), page.getLast().key(), 2))
        .isEqualTo(List.of(sent.get(2)));
  }

  @Test
  void runsBeginWithTheFenceAndEndByThemselves() {
    var runs = new Runs(shop.database);
    assertThat(runs.end(shop.fence, 4, Run.Declines.COUNT, "{\"schema\":1}")).isTrue();

    var run = runs.last(1).getFirst();

    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.endedAt()).isAfterOrEqualTo(run.startedAt());
    assertThat(run.asOf()).isEqualTo(Shop.TODAY);
    assertThat(run.server()).isEqualTo(runs.server());
    assertThat(
            runs.cure(new Runs.Starter(Command.RECONCILE, "app2", 1, "t", null), 500, true)
                .fence()
                .epoch())
        .isEqualTo(501);
    assertThat(runs.end(new Fence(501, "somebody", 0), 0, Run.Declines.COUNT, "{}")).isFalse();
  }

  @Test
  void theInstallationIsItsNewestRowWithEveryHostThatWasAdmitted() {
    var installations = new Installations(shop.database);
    assertThat(installations.current()).isEmpty();
    var id = Installations.newId(new java.util.Random(7));
    var first = shop.fence;
    assertThat(installations.add(first, id, "SHOP", Shop.ACCOUNT, "app1", "first"))
        .contains(first.moved(first.seq() + 1));
    shop.nextRun();
    assertThat(installations.add(first, id, "SHOP", Shop.ACCOUNT, "app3", "fenced off")).isEmpty();
    assertThat(installations.add(shop.fence, id, "SHOP", Shop.ACCOUNT, "app2", "standby"))
        .isPresent();

    assertThat(installations.current())
        .contains(new Installation(id, "SHOP", Shop.ACCOUNT, java.util.Set.of("app1", "app2")));
    assertThat(shop.test.column("SELECT because FROM billing_installation ORDER BY run_no"))
        .containsExactly("first", "standby");
  }
}
