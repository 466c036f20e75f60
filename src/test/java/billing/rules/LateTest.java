package billing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.Difference;
import billing.model.DifferenceKind;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What came of an attempt after it had ended: no approval is dropped, and silence is no answer. */
class LateTest {

  @ParameterizedTest(name = "{0} | {1} -> {2} {3} {4} {5}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # state       | found                   | settles | differences   | door | clear
          DECLINED      | not found               | -       | ''            | -    | true
          DECLINED      | declined                | -       | ''            | -    | true
          DECLINED      | closed                  | -       | ''            | -    | true
          DECLINED      | approved                | txn-1   | ''            | -    | true
          DECLINED      | approved 5 cents off    | -       | AMOUNT        | -    | false
          DECLINED      | approved twice          | txn-1   | CHARGED_TWICE | -    | false
          DECLINED      | reversed                | -       | REVERSED      | -    | true
          DECLINED      | reversed in part        | txn-1   | ''            | -    | true
          DECLINED      | approved and reversed   | txn-1   | REVERSED      | -    | true
          DECLINED      | processing              | -       | ''            | -    | false
          DECLINED      | undecided               | -       | ''            | any  | false
          DECLINED      | declined, door open     | -       | ''            | any  | false
          DECLINED      | unknown                 | -       | ''            | -    | false
          SETTLED txn-1 | approved                | -       | ''            | -    | true
          SETTLED txn-1 | reversed                | -       | ''            | -    | true
          SETTLED txn-1 | reversed in part        | -       | ''            | -    | true
          SETTLED txn-9 | reversed in part        | -       | CHARGED_TWICE | -    | false
          SETTLED txn-9 | approved                | -       | CHARGED_TWICE | -    | false
          """)
  void theTable(
      String was, String found, String settles, String differences, String door, boolean clear) {
    var late = Late.of(ended(was), AttemptRulesTest.Replies.all(found));

    var settle = late.settle();
    assertThat(settle == null ? "-" : settle.transactionId()).isEqualTo(settles);
    assertThat(
            late.differences().stream()
                .map(Difference::kind)
                .map(DifferenceKind::name)
                .collect(Collectors.joining(" ")))
        .isEqualTo(differences);
    assertThat(late.door() == null ? "-" : "any").isEqualTo(door);
    assertThat(late.clear()).as("clear").isEqualTo(clear);
  }

  private static Attempt ended(String was) {
    var words = was.split(" ", -1);
    var a = AttemptRulesTest.attempt("?");
    return new Attempt(
        a.order(),
        AttemptState.valueOf(words[0]),
        a.sendNo(),
        a.sends(),
        a.firstSentAt(),
        a.lastSentAt(),
        words.length > 1 ? words[1] : null,
        null,
        0,
        null,
        1);
  }
}
