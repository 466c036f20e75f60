package billing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Fence;
import billing.model.Testimony;
import billing.rules.WitnessRules.Sight;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a host remembers against what the database says. A fence is written epoch, holder, seq. */
class WitnessRulesTest {

  private static final Instant SENT = Instant.parse("2026-11-24T01:00:00Z");
  private static final Instant BEGAN = SENT.plusSeconds(3600);
  private static final Duration HORIZON = Duration.ofMinutes(8);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # file   | its installation, host | database | that run's holder now | server | becomes
          7 abc 12 | ours app1  | 7 abc 12 | abc | same  | Fits
          7 abc 12 | ours app1  | 7 abc 15 | abc | same  | Fits
          7 abc 12 | ours app1  | 9 xyz 0  | abc | same  | Fits
          # a run that died before its first claim, or one that claimed nothing
          7 abc 0  | ours app1  | 8 xyz 0  | abc | same  | Fits
          # by a night, by its last second, by both and more
          7 abc 12 | ours app1  | 6 old 40 | -   | same  | WentBack
          7 abc 12 | ours app1  | 7 abc 11 | abc | same  | WentBack
          7 abc 12 | ours app1  | 0 '' 0   | -   | same  | WentBack
          # by a night, and another run has taken the number since
          7 abc 12 | ours app1  | 7 xyz 0  | xyz | same  | WentBack
          7 abc 12 | ours app1  | 7 xyz 12 | xyz | same  | WentBack
          7 abc 12 | ours app1  | 7 xyz 99 | xyz | same  | WentBack
          7 abc 12 | ours app1  | 9 uvw 3  | xyz | same  | WentBack
          # cured on another host: no run will ever have that number
          7 abc 12 | ours app1  | 9 uvw 3  | -   | same  | Fits
          # a copy of a file knows what it knows
          7 abc 12 | ours app9  | 6 old 40 | -   | same  | WentBack
          7 abc 12 | ours app9  | 7 abc 12 | abc | same  | NotEnrolled
          7 abc 12 | other app1 | 7 abc 12 | abc | same  | NotEnrolled
          7 abc 12 | other app1 | 6 old 40 | -   | same  | NotEnrolled
          -        | ours app1  | 7 abc 12 | -   | same  | NotEnrolled
          # promoted: the whole last run of the other host may be missing
          7 abc 12 | ours app1  | 7 abc 12 | abc | other | Waits
          7 abc 12 | ours app1  | 7 abc 13 | abc | other | Waits
          7 abc 12 | ours app1  | 8 xyz 0  | abc | other | Waits
          7 abc 12 | ours app1  | 7 abc 11 | abc | other | WentBack
          """)
  void theTable(
      @Nullable String file,
      String whose,
      String database,
      @Nullable String holderThen,
      String server,
      String becomes) {
    var seen = sight(testimony(file, whose), fence(database), holderThen, server);

    assertThat(WitnessRules.judge(seen).getClass().getSimpleName()).isEqualTo(becomes);
  }

  @Test
  void whereNoOtherHostChargesAFileThatIsJustThePresentProvesThatNothingIsMissing() {
    var file = testimony("7 abc 12", "ours app1");
    var one = new Sight(file, fence("7 abc 12"), "abc", "ours", Set.of("app1"), "app1", "db2");

    assertThat(WitnessRules.judge(one)).isInstanceOf(WitnessRules.Verdict.Fits.class);
  }

  @Test
  void aHostThatWasNeverAdmittedIsAStrangerEvenWithAFileOfItsOwn() {
    var file = testimony("7 abc 12", "ours app9");
    var seen = new Sight(file, fence("7 abc 12"), "abc", "ours", Set.of("app1"), "app9", "db1");

    assertThat(WitnessRules.judge(seen)).isInstanceOf(WitnessRules.Verdict.NotEnrolled.class);
  }

  @Test
  void aDatabaseWithoutInstallationIsEnrolledFirst() {
    var file = testimony("7 abc 12", "ours app1");
    var seen = new Sight(file, fence("0 - 0"), null, null, Set.of(), "app1", "db1");

    assertThat(WitnessRules.judge(seen)).isInstanceOf(WitnessRules.Verdict.NotEnrolled.class);
  }

  /** Enrolled at SENT without a witness, or with one that did not fit. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # file   | database | that run's holder now | server | seconds until now | waits until, in seconds
          7 abc 1  | 7 abc 1  | abc | same  | 0    | 480
          7 abc 1  | 7 abc 1  | abc | same  | 60   | 480
          # in the day, and charged at night: that is over
          7 abc 1  | 7 abc 1  | abc | same  | 3600 | 480
          # another command in between saw no more
          7 abc 1  | 9 uvw 3  | abc | same  | 60   | 480
          # a moment by another clock
          7 abc 1  | 7 abc 1  | abc | same  | -300 | 180
          # another server since then
          7 abc 1  | 7 abc 1  | abc | other | 60   | 540
          7 abc 1  | 9 uvw 3  | abc | other | 60   | 540
          7 abc 1  | 6 old 40 | -   | same  | 60   | -
          """)
  void aBlindHostWaitsAHorizonAfterItsEnrolment(
      String file,
      String database,
      @Nullable String holderThen,
      String server,
      int after,
      @Nullable Integer until) {
    var blind = new Testimony("ours", "app1", fence(file), "db1", true, SENT);

    var verdict = WitnessRules.judge(sight(blind, fence(database), holderThen, server));

    if (until == null) {
      assertThat(verdict).isInstanceOf(WitnessRules.Verdict.WentBack.class);
    } else {
      assertThat(((WitnessRules.Verdict.Waits) verdict).until(SENT.plusSeconds(after), HORIZON))
          .isEqualTo(SENT.plusSeconds(until));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # file   | its installation, host | installation | server | blind
          -        | ours app1  | -    | same  | false
          -        | ours app1  | ours | same  | true
          7 abc 12 | ours app1  | ours | same  | false
          # the file that another host left, or another installation
          7 abc 12 | ours app9  | ours | same  | true
          7 abc 12 | ours app9  | -    | same  | true
          7 abc 12 | old app1   | ours | same  | true
          7 abc 11 | ours app1  | ours | other | true
          """)
  void whoIsEnrolledWithoutAFittingWitnessIsBlindUnlessItIsTheFirst(
      @Nullable String file,
      String whose,
      @Nullable String installation,
      String server,
      boolean blind) {
    var seen =
        new Sight(
            testimony(file, whose),
            fence("7 abc 12"),
            file == null ? null : "abc",
            installation,
            installation == null ? Set.of() : Set.of("app1"),
            "app1",
            server.equals("same") ? "db1" : "db2");

    assertThat(WitnessRules.isBlind(seen)).isEqualTo(blind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # mine    | present  | went back
          7 abc 12 | 8 xyz 0  | false
          7 abc 12 | 8 abc 12 | false
          7 abc 12 | 7 abc 11 | true
          7 abc 12 | 7 xyz 0  | true
          7 abc 12 | 7 xyz 12 | true
          7 abc 12 | 7 xyz 40 | true
          7 abc 12 | 6 old 40 | true
          """)
  void aFenceThatDoesNotMoveWasTakenByANewerRunOrWentBack(
      String mine, String present, boolean back) {
    assertThat(WitnessRules.wentBack(fence(mine), fence(present))).isEqualTo(back);
    assertThat(WitnessRules.why(fence(mine), fence(present)))
        .contains(back ? "the database is at" : "took over");
  }

  @Test
  void aFenceThatIsGoneWentBack() {
    assertThat(WitnessRules.wentBack(fence("7 abc 12"), null)).isTrue();
    assertThat(WitnessRules.why(fence("7 abc 12"), null)).contains("gone");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # file   | database | that run's holder now | from
          7 abc 12 | 6 old 40 | -   | sent
          7 abc 12 | 7 abc 11 | abc | sent
          7 abc 12 | 9 uvw 3  | xyz | sent
          7 abc 12 | 7 abc 14 | abc | sent
          # others have sent since, and nobody knows when
          7 abc 12 | 9 uvw 3  | abc | began
          7 abc 12 | 9 uvw 3  | -   | began
          -        | 9 uvw 3  | -   | began
          """)
  void aCureListsAHorizonAfterTheLastSendOrAfterItsOwnBeginning(
      @Nullable String file, String database, @Nullable String holderThen, String from) {
    var two = sight(testimony(file, "ours app1"), fence(database), holderThen, "same");
    var one =
        new Sight(
            two.file(), two.present(), holderThen, "ours", Set.of("app1"), "app1", two.server());

    assertThat(WitnessRules.curableFrom(one, BEGAN, HORIZON))
        .isEqualTo((from.equals("sent") ? SENT : BEGAN).plus(HORIZON));
    // The other host may have sent in the lost time, and its file is not here.
    assertThat(WitnessRules.curableFrom(two, BEGAN, HORIZON)).isEqualTo(BEGAN.plus(HORIZON));
  }

  @Test
  void aCureGoesOnAboveEveryNumberThatAnybodyRemembers() {
    var file = testimony("7 abc 12", "ours app1");

    assertThat(WitnessRules.highest(sight(file, fence("6 old 40"), null, "same"))).isEqualTo(7);
    assertThat(WitnessRules.highest(sight(file, fence("9 uvw 3"), "xyz", "same"))).isEqualTo(9);
    assertThat(WitnessRules.highest(sight(null, fence("9 uvw 3"), null, "same"))).isEqualTo(9);
  }

  private static Sight sight(
      @Nullable Testimony file, Fence present, @Nullable String holderThen, String server) {
    var now = server.equals("same") ? "db1" : "db2";
    return new Sight(file, present, holderThen, "ours", Set.of("app1", "app2"), "app1", now);
  }

  private static @Nullable Testimony testimony(@Nullable String fence, String whose) {
    var words = whose.split(" ", -1);
    return fence == null
        ? null
        : new Testimony(words[0], words[1], fence(fence), "db1", false, SENT);
  }

  private static Fence fence(String text) {
    var words = text.replace("''", "-").split(" ", -1);
    return new Fence(Long.parseLong(words[0]), words[1], Long.parseLong(words[2]));
  }
}
