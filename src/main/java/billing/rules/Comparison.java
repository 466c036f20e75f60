package billing.rules;

import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Forgotten;
import billing.model.GatewayReply;
import billing.model.GatewayReply.Processing;
import billing.model.Known;
import billing.model.Lead;
import billing.model.Listed;
import billing.model.Remembered;
import billing.rules.Compared.Differs;
import billing.rules.Compared.Elsewhere;
import billing.rules.Compared.Fits;
import billing.rules.Compared.Forgot;
import billing.rules.Compared.Late;
import billing.rules.Compared.Noted;
import billing.rules.Compared.Nothing;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds one transaction of the gateway's listing against what the database knows of it. What is
 * still SENT or in REVIEW is not judged here: the lookup decides about it, or a person.
 */
public record Comparison(String prefix, String installation) {

  private static final Pattern KEY = Pattern.compile("[A-Z0-9]{1,4}-(-?[A-Z0-9]+)-([1-9]\\d{0,5})");

  /** The invoice and the number of the try that a transaction's key names; empty: none of ours. */
  public Optional<Lead> lead(Listed listed) {
    var text = listed.echo().chargeKey();
    var form = text == null ? null : KEY.matcher(text);
    if (form == null || !form.matches() || !isUnderPrefix(listed)) {
      return Optional.empty();
    }
    var told = listed.echo().invoiceId();
    var invoiceId = told == null ? form.group(1) : told;
    var attemptNo = Integer.parseInt(form.group(2));
    var key = ChargeKey.of(prefix, invoiceId, attemptNo);
    return key.value().equals(text)
        ? Optional.of(new Lead(key, invoiceId, attemptNo))
        : Optional.empty();
  }

  /** Whether the transaction bears a key that only an installation with our prefix makes. */
  public boolean isUnderPrefix(Listed listed) {
    var key = listed.echo().chargeKey();
    return key != null && key.startsWith(prefix + "-");
  }

  /** Whether it took money that was not given back, or not all of it. */
  public static boolean stands(Listed listed) {
    return switch (Standing.of(listed.reply())) {
      case STANDS, PARTLY -> true;
      case OPEN, NONE, UNCLEAR -> false;
    };
  }

  /**
   * The same for a listing of what was made or changed from then on. An old transaction comes up
   * again when it is refunded, say; of one that is not ours to book, and where no money stands any
   * more, there is nothing to be learned.
   */
  public Compared judge(Listed listed, Known known, Instant from) {
    var compared = judge(listed, known);
    var forgotten =
        known.byKey() == null
            && (compared instanceof Compared.Foreign
                || compared instanceof Forgot
                || compared instanceof Noted);
    var tellsNothing =
        forgotten ? Standing.of(listed.reply()) == Standing.NONE : compared instanceof Elsewhere;
    return tellsNothing && listed.takenAt().isBefore(from) ? new Nothing() : compared;
  }

  /** What the transaction is to us. */
  Compared judge(Listed listed, Known known) {
    if (known.byTransaction() != null) {
      return known.byTransaction().attempt().state() == AttemptState.SETTLED
          ? settledByIt(listed, known.byTransaction())
          : underOurKey(listed, known.byTransaction(), known);
    }
    if (!isUnderPrefix(listed)) {
      return somebodyElses(listed);
    }
    var whose = listed.echo().installation();
    if (whose != null && !whose.equals(installation)) {
      return new Compared.Foreign(String.valueOf(listed.echo().chargeKey()), whose);
    }
    return known.byKey() == null
        ? forgotten(listed, known)
        : underOurKey(listed, known.byKey(), known);
  }

  private static Compared somebodyElses(Listed listed) {
    return switch (Standing.of(listed.reply())) {
      case STANDS, PARTLY -> new Elsewhere(listed);
      // An intent that nobody has confirmed takes nothing.
      case OPEN -> Standing.isOnItsWay(listed.reply()) ? new Elsewhere(listed) : new Nothing();
      // Given back whole, it has paid nothing; declined, it never had, or does no more.
      case NONE -> new Fits();
      // That it is there, and not how it ended, the gateway says of what may have been taken.
      case UNCLEAR -> Standing.isUndecided(listed.reply()) ? new Elsewhere(listed) : new Nothing();
    };
  }

  private Compared settledByIt(Listed listed, Remembered held) {
    return switch (Standing.of(listed.reply())) {
      case STANDS -> sameAmount(listed, held);
      case OPEN -> new Fits();
      // A released one was released because the money went back.
      case PARTLY, NONE -> held.released() ? new Fits() : givenBack(listed, held);
      case UNCLEAR -> new Nothing();
    };
  }

  private static Compared givenBack(Listed listed, Remembered held) {
    return differs(
        DifferenceKind.REVERSED,
        held.key().value(),
        held,
        "booked, but %s at the gateway: transaction %s"
            .formatted(Standing.text(listed.reply()), listed.transactionId()));
  }

  private static Compared sameAmount(Listed listed, Remembered held) {
    var there = listed.echo().amount();
    return there == null || there.equals(held.taken())
        ? new Fits()
        : differs(
            DifferenceKind.AMOUNT,
            held.key().value(),
            held,
            "booked with %s, but transaction %s took %s"
                .formatted(held.taken(), listed.transactionId(), there));
  }

  private Compared underOurKey(Listed listed, Remembered held, Known known) {
    return switch (held.attempt().state()) {
      case SENT, REVIEW -> new Fits();
      case SETTLED -> besideSettled(listed, held);
      case PENDING -> held.neverSent() ? forgotten(listed, known) : ended(listed, held);
      case DECLINED, CANCELLED -> ended(listed, held);
    };
  }

  private static Compared besideSettled(Listed listed, Remembered held) {
    return switch (Standing.of(listed.reply())) {
      case STANDS, PARTLY -> twice(listed, held);
      // A twin that was given back is as if it had never been.
      case NONE -> new Fits();
      case OPEN ->
          listed.reply() instanceof Processing
              ? new Differs(mayStand(listed, held))
              : new Nothing();
      case UNCLEAR -> new Nothing();
    };
  }

  private static Compared ended(Listed listed, Remembered held) {
    return switch (Standing.of(listed.reply())) {
      case STANDS, PARTLY -> new Late(held, listed);
      case OPEN ->
          listed.reply() instanceof Processing
              ? new Late(held, listed)
              // Nobody confirms an intent of ours, and a claim would close it first.
              : new Nothing();
      // A row need not say what a look at the transaction does: held for review, for one.
      case UNCLEAR ->
          listed.reply() instanceof GatewayReply.Unknown ? new Late(held, listed) : new Nothing();
      case NONE -> new Fits();
    };
  }

  /** A charge that stands, or may yet, while its attempt has ended otherwise. */
  public static Difference mayStand(Listed listed, Remembered held) {
    return about(
        DifferenceKind.UNKNOWN_HERE,
        listed.transactionId(),
        held,
        "%s is %s here, and transaction %s under that key is %s there"
            .formatted(
                held.key(),
                held.attempt().state(),
                listed.transactionId(),
                Standing.text(listed.reply())));
  }

  private Compared forgotten(Listed listed, Known known) {
    var lead = lead(listed).orElse(null);
    if (lead == null) {
      return forgot(new Forgotten(listed, null, known.byKey(), null, null, true), known);
    }
    var others = known.ofInvoice().stream().filter(one -> !one.key().equals(lead.key())).toList();
    var rival = others.stream().filter(Remembered::isLive).findFirst().orElse(null);
    if (rival != null && Standing.of(listed.reply()) == Standing.NONE) {
      // No money moved, and a later try of the invoice goes on without it.
      return new Fits();
    }
    var before = before(others, lead);
    var inOrder =
        lead.attemptNo() == 1 || (before != null && number(before) == lead.attemptNo() - 1);
    return forgot(new Forgotten(listed, lead, known.byKey(), before, rival, inOrder), known);
  }

  /** What a person was told of ends no run; whether it can be adopted by now, is seen again. */
  private static Compared forgot(Forgotten forgotten, Known known) {
    return switch (known.told()) {
      case NOT -> new Forgot(forgotten);
      case OPEN ->
          Standing.of(forgotten.listed().reply()) == Standing.NONE
              ? new Nothing()
              : new Noted(forgotten);
      case ACCEPTED -> new Nothing();
    };
  }

  private static @Nullable Remembered before(List<Remembered> others, Lead lead) {
    return others.stream()
        .filter(one -> number(one) < lead.attemptNo())
        .max(Comparator.comparingInt(Comparison::number))
        .orElse(null);
  }

  private static int number(Remembered one) {
    return one.attempt().order().attemptNo();
  }

  /**
   * What a look under its key says about an attempt that is SETTLED and that the listing did not
   * show.
   *
   * @param old whether it was sent so long ago that nothing of it can be missing there
   */
  public Compared judge(Remembered settled, List<GatewayReply> found, boolean old) {
    for (var reply : found) {
      if (reply instanceof GatewayReply.Approved(var id, var echo, var at) && isIts(settled, id)) {
        return sameAmount(new Listed(id, reply, echo, Instant.EPOCH), settled);
      }
      if (reply instanceof GatewayReply.Reversed r && isIts(settled, r.transactionId())) {
        return settledByIt(new Listed(r.transactionId(), reply, r.echo(), Instant.EPOCH), settled);
      }
    }
    var complete =
        found.stream()
            .allMatch(reply ->
                reply instanceof GatewayReply.NotFound || reply instanceof GatewayReply.Declined);
    // What a person named as its payment need not bear our key.
    return complete && old && !settled.adopted()
        ? new Differs(unknownThere(settled))
        : new Nothing();
  }

  private static boolean isIts(Remembered settled, String transactionId) {
    return transactionId.equals(settled.attempt().transactionId());
  }

  /** SETTLED here, and the gateway has nothing of it. */
  public static Difference unknownThere(Remembered settled) {
    return about(
        DifferenceKind.UNKNOWN_THERE,
        settled.key().value(),
        settled,
        "booked with %s by transaction %s, which the gateway does not have"
            .formatted(settled.taken(), settled.attempt().transactionId()));
  }

  /** SETTLED here, and the app's books have lost it. */
  public static Difference unbooked(Remembered settled) {
    return about(
        DifferenceKind.UNBOOKED,
        settled.key().value(),
        settled,
        "charged %s by transaction %s, which the app's books do not have"
            .formatted(settled.taken(), settled.attempt().transactionId()));
  }

  private static Difference about(
      DifferenceKind kind, String subject, Remembered held, String detail) {
    return new Difference(kind, subject, held.attempt().order().invoiceId(), detail);
  }

  static Differs twice(Listed listed, Remembered held) {
    return new Differs(
        Difference.chargedTwice(listed.transactionId(), listed.echo().amount(), held.attempt()));
  }

  private static Differs differs(
      DifferenceKind kind, String subject, Remembered held, String detail) {
    return new Differs(about(kind, subject, held, detail));
  }
}
