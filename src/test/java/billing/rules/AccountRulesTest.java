package billing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.GatewayReply;
import billing.model.GatewayReply.AccountRefused;
import billing.model.GatewayReply.NotFound;
import billing.model.GatewayReply.Unknown;
import billing.rules.AccountRules.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountRulesTest {

  @Test
  void onlyACompleteAnswerWithoutTheChargeContradicts() {
    assertThat(AccountRules.judge(List.of(new NotFound()))).isEqualTo(Verdict.OTHER);
  }

  @Test
  void whateverIsUnderOurKeyIsOurs() {
    GatewayReply other = new GatewayReply.Duplicate("a second one");
    assertThat(AccountRules.judge(List.of(other))).isEqualTo(Verdict.SAME);
  }

  @Test
  void aQuestionThatFailedShowsNothing() {
    assertThat(AccountRules.judge(List.of(new Unknown("reset", false))))
        .isEqualTo(Verdict.UNANSWERED);
    assertThat(AccountRules.judge(List.of(new Unknown("not what was asked for", false, true))))
        .isEqualTo(Verdict.UNANSWERED);
    assertThat(AccountRules.judge(List.of(new AccountRefused("no rights"))))
        .isEqualTo(Verdict.UNANSWERED);
  }
}
