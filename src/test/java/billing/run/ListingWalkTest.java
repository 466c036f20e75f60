package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.AccountReply;
import billing.gateway.Inquiries;
import billing.gateway.Listing;
import billing.model.Attempt;
import billing.model.Currency;
import billing.model.GatewayReply;
import billing.model.Timings;
import billing.rules.Limits;
import billing.run.ListingWalk.Ending;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How far a glance at the listing goes. */
class ListingWalkTest {

  private static final Instant NOW = Instant.parse("2026-11-23T03:00:00Z");

  @Test
  void oneNewestPageIsEnough() throws InterruptedException {
    assertThat(glance(new Pages(true, 50))).isEqualTo(new Ending.Whole(0, 1));
  }

  @Test
  void whatBeginsWithTheOldIsReadToItsEnd() throws InterruptedException {
    var all = Limits.GLANCE_PAGES;
    assertThat(glance(new Pages(false, all))).isEqualTo(new Ending.Whole(0, all));
  }

  @Test
  void whereTheEndIsTooFarTheGlanceSaysSo() throws InterruptedException {
    var pages = new Pages(false, Limits.GLANCE_PAGES + 1);

    assertThat(glance(pages)).isInstanceOf(Ending.Cut.class);
    assertThat(pages.asked).hasSize(Limits.GLANCE_PAGES);
  }

  private static Ending glance(Inquiries gateway) throws InterruptedException {
    return new ListingWalk(gateway, new Pace(0, System::nanoTime), Duration.ZERO, () -> null)
        .glance(NOW.minusSeconds(60), NOW, page -> {});
  }

  /** A listing of empty pages; nothing else is asked. */
  private static final class Pages implements Inquiries {
    private final boolean newestFirst;
    private final int all;
    private final List<String> asked = new ArrayList<>();

    Pages(boolean newestFirst, int all) {
      this.newestFirst = newestFirst;
      this.all = all;
    }

    @Override
    public Listing list(Instant from, Instant until, @Nullable String cursor) {
      asked.add(String.valueOf(cursor));
      return new Listing.Page(List.of(), asked.size() == all ? null : "after " + asked.size());
    }

    @Override
    public boolean listsNewestFirst() {
      return newestFirst;
    }

    @Override
    public String kind() {
      throw new AssertionError();
    }

    @Override
    public int protocol() {
      throw new AssertionError();
    }

    @Override
    public Timings timings() {
      throw new AssertionError();
    }

    @Override
    public AccountReply account() {
      throw new AssertionError();
    }

    @Override
    public List<GatewayReply> find(Attempt attempt, boolean afterDuplicate) {
      throw new AssertionError();
    }

    @Override
    public GatewayReply close(Attempt attempt, String transactionId) {
      throw new AssertionError();
    }

    @Override
    public GatewayReply look(String transactionId, @Nullable Currency currency) {
      throw new AssertionError();
    }

    @Override
    public Duration clockAhead() {
      throw new AssertionError();
    }
  }
}
