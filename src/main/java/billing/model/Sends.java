package billing.model;

import java.util.regex.Pattern;

/**
 * The evidence per send of one attempt: one letter a send, the first send first.
 *
 * <p>The text is a column of the database, so that an operator can read it.
 */
public record Sends(String letters) {

  /** What is known about one send. */
  public enum Mark {
    /** In flight, or nobody answered: it may have charged. */
    UNANSWERED('?'),
    /** A failure that the gateway stored and may yet resolve either way; absence proves nothing. */
    INDETERMINATE('!'),
    /** Proof that no byte of its body left. Does not count towards the five. */
    NEVER_LEFT('-'),
    /** Refused before processing: throttled, account or order refused, duplicate of another. */
    REFUSED('r'),
    DECLINED('d'),
    PROCESSING('p'),
    /** Be it not as we asked, or one of two: a person decides then what it is. */
    APPROVED('a'),
    /** Contradicted by what is no charge that stands, or a person has accounted for it. */
    CONTRADICTED('c');

    private final char letter;

    Mark(char letter) {
      this.letter = letter;
    }
  }

  private static final Pattern FORM = Pattern.compile("[?!rdpac-]{0,64}");

  public static final Sends NONE = new Sends("");

  public Sends {
    if (!FORM.matcher(letters).matches()) {
      throw new IllegalArgumentException("not the evidence of sends: " + letters);
    }
  }

  /** How many requests were begun, proved ones included. Equals the attempt's send number. */
  public int number() {
    return letters.length();
  }

  /** How many of them left, or may have. */
  public int counted() {
    return (int) letters.chars().filter(c -> c != Mark.NEVER_LEFT.letter).count();
  }

  /** Whether of every send it is proved that it moved no money. */
  public boolean chargedNothing() {
    return letters.chars().allMatch(c -> c == Mark.NEVER_LEFT.letter || c == Mark.REFUSED.letter);
  }

  public Sends begin() {
    return new Sends(letters + Mark.UNANSWERED.letter);
  }

  /** The same with what is now known about one send, numbered from 1. */
  public Sends with(int sendNo, Mark mark) {
    return new Sends(letters.substring(0, sendNo - 1) + mark.letter + letters.substring(sendNo));
  }

  /** Whether a send before this one may have charged. */
  public boolean doubtBefore(int sendNo) {
    return isOpen(letters.substring(0, sendNo - 1));
  }

  /** Whether any send may have charged without our hearing of it. */
  public boolean inDoubt() {
    return isOpen(letters);
  }

  /** Whether a send met a failure that the gateway stored: its absence is never trusted. */
  public boolean indeterminate() {
    return letters.indexOf(Mark.INDETERMINATE.letter) >= 0;
  }

  /** Whether of every send it is proved, or was answered, that it is no charge. */
  public boolean allRefused() {
    return letters.chars().allMatch(c -> "-rd".indexOf(c) >= 0);
  }

  /** The same once a person knows what became of those that nobody answered. */
  public Sends accountedFor() {
    return new Sends(letters.replaceAll("[?!p]", "c"));
  }

  /** The same where a contradicted answer counts as none: the gateway is asked again. */
  public Sends unanswered() {
    return new Sends(letters.replace(Mark.CONTRADICTED.letter, Mark.UNANSWERED.letter));
  }

  /** The same, but for approvals that are on record elsewhere: none of them is taken back. */
  public Sends keeping(Sends onRecord) {
    var kept = new StringBuilder(letters);
    for (int i = 0; i < Math.min(number(), onRecord.number()); i++) {
      if (onRecord.letters.charAt(i) == Mark.APPROVED.letter) {
        kept.setCharAt(i, Mark.APPROVED.letter);
      }
    }
    return new Sends(kept.toString());
  }

  /** Whether an approval is on record. */
  public boolean approved() {
    return letters.indexOf(Mark.APPROVED.letter) >= 0;
  }

  private static boolean isOpen(String letters) {
    return letters.indexOf(Mark.UNANSWERED.letter) >= 0
        || letters.indexOf(Mark.INDETERMINATE.letter) >= 0
        || letters.indexOf(Mark.PROCESSING.letter) >= 0;
  }

  @Override
  public String toString() {
    return letters;
  }
}
