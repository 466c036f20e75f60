package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostTest {

  @Test
  void whatWasSetIsTheName() {
    assertThat(Host.identity("billing-eu")).isEqualTo("billing-eu");
  }

  @Test
  void elseItIsTheMachinesOwnAndTheSameEachTime() {
    assertThat(Host.identity(null)).isNotBlank().isEqualTo(Host.identity(null));
    assertThat(Host.identity(null)).doesNotContain("\n").hasSizeLessThan(255);
  }
}
