package billing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.AttemptState;
import billing.rules.Resolution.Done;
import billing.rules.Resolution.Refused;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person may say alone, as a table. Sent at 02:00; no send takes longer than a day. */
class UnaskedRulesTest {

  private static final UnaskedRules RULES =
      new UnaskedRules(new Horizon(Duration.ofMinutes(10), Duration.ofDays(1)));

  @ParameterizedTest(name = "{0} {1} after {2} h, settling until {3} h -> {4}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # state   | sends | hours | settling | not charged           | accepted
          SENT      | ?     | 0     |          | until 2026-11-24T02   | is SENT
          SENT      | ?     | 1     |          | until 2026-11-24T02   | is SENT
          SENT      | ?     | 24    |          |                       | is SENT
          SENT      | !     | 24    |          |                       | is SENT
          SENT      | p     | 24    | 72       | until 2026-11-26T02   | is SENT
          SENT      | p     | 72    | 72       |                       | is SENT
          SENT      | ?p    | 1     | 2        | until 2026-11-24T02   | is SENT
          REVIEW    | ?     | 1     |          | until 2026-11-24T02   | is REVIEW
          REVIEW    | c     | 24    |          |                       | is REVIEW
          REVIEW    | a     | 24    |          | --settled TXN --altho | is REVIEW
          REVIEW    | a?    | 24    |          | --settled TXN --altho | is REVIEW
          SETTLED   | a     | 24    |          | is SETTLED            |
          SETTLED   | a     | 1     |          | is SETTLED            | until 2026-11-24T02
          DECLINED  | ?d    | 24    |          | is DECLINED           |
          DECLINED  | d     | 1     |          | is DECLINED           | until 2026-11-24T02
          DECLINED  | ad    | 24    |          | is DECLINED           | --settled TXN --altho
          PENDING   | ?     | 24    |          | is PENDING            |
          PENDING   | ?     | 1     |          | is PENDING            | until 2026-11-24T02
          CANCELLED | ?     | 24    |          | already               |
          """)
  void whatMayBeSaid(
      AttemptState state,
      String sends,
      int hours,
      @Nullable Integer settling,
      @Nullable String notCharged,
      @Nullable String accepted) {
    var attempt =
        ResolveRulesTest.attempt(
            state,
            sends,
            null,
            settling == null ? null : ResolveRulesTest.SENT_AT.plus(Duration.ofHours(settling)));
    var now = ResolveRulesTest.SENT_AT.plus(Duration.ofHours(hours));

    says(notCharged, RULES.notChargedAlready(attempt, now));
    says(accepted, RULES.acceptedAlready(List.of(attempt), attempt.key().value(), now, now));
  }

  @ParameterizedTest(name = "{0}: opened {3} h after the send, said {4} h after it")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # sends | transaction here | named     | opened | hours | accepted
          ?       |                  | SHOP-7-1  | 24     | 24    |
          ?       | pi_1             | SHOP-7-1  | 24     | 24    |
          ?       | pi_1             | pi_1      | 24     | 24    |
          c       | pi_1             | pi_1      | 24     | 24    |
          d       | pi_1             | pi_1      | 24     | 24    | is asked about later has pi_1
          ?       | pi_1             | pi_2      | 24     | 24    | is asked about later has pi_2
          ?       |                  | pi_2      | 24     | 47    | from 2026-11-25T02:00:00Z on
          ?       |                  | pi_2      | 24     | 48    |
          ?       |                  | pi_2      | 0      | 24    |
          ?       |                  | pi_2      | 0      | 23    | may still take effect
          """)
  void whatNobodyIsAskedAboutLaterWaitsADaySinceItWasTold(
      String sends,
      @Nullable String transaction,
      String named,
      int opened,
      int hours,
      @Nullable String accepted) {
    var attempt = ResolveRulesTest.attempt(AttemptState.CANCELLED, sends, transaction, null);
    var sentAt = ResolveRulesTest.SENT_AT;

    says(
        accepted,
        RULES.acceptedAlready(
            List.of(attempt),
            named,
            sentAt.plus(Duration.ofHours(opened)),
            sentAt.plus(Duration.ofHours(hours))));
  }

  private static <T> void says(@Nullable String expected, Optional<Resolution<T>> verdict) {
    var text =
        verdict.map(one ->
            switch (one) {
              case Done<T>(var what) -> what;
              case Refused<T>(var why, var instead) -> why + " " + instead;
              default -> throw new AssertionError(one);
            });
    if (expected == null) {
      assertThat(text).isEmpty();
    } else {
      assertThat(text.orElseThrow()).contains(expected);
    }
  }
}
