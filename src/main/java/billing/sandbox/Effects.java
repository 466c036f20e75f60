package billing.sandbox;

import java.io.IOException;
import java.util.function.Function;

/** Lets a request take effect and fail as was chosen for it, the same way at every door. */
final class Effects {

  private final Ledger ledger;
  private final Faults faults;
  private final Works works;

  Effects(Ledger ledger, Faults faults, Works works) {
    this.ledger = ledger;
    this.faults = faults;
    this.works = works;
  }

  /** What the request does. */
  interface Effect {
    Reply happens();
  }

  /**
   * @param words how the gateway words a failure of its own
   */
  Reply carryOut(Call call, Fault fault, Effect effect, Function<Fault.Kind, Reply> words)
      throws IOException {
    Works.sleep(faults.weather().latency());
    return switch (fault.kind()) {
      case ERROR_BEFORE, UNSURE_BEFORE -> words.apply(fault.kind());
      case ERROR_AFTER, UNSURE_AFTER -> {
        effect.happens();
        yield words.apply(fault.kind());
      }
      case ERROR_ROLLED_FORWARD -> {
        works.later(fault.delay(), effect::happens);
        yield words.apply(fault.kind());
      }
      case ERROR_ROLLED_BACK -> {
        effect.happens();
        works.later(fault.delay(), () -> undo(call));
        yield words.apply(fault.kind());
      }
      // Refused by the door already, decided by the effect itself, or the wire's business.
      case NONE,
          RESET_BEFORE,
          CLOSED_BEFORE,
          SILENT_BEFORE,
          OUTAGE,
          EFFECT_LATE,
          TWICE,
          REPEATED,
          RESET_AFTER,
          CLOSED_AFTER,
          SILENT_AFTER,
          REPLY_LATE,
          GARBAGE,
          EMPTY,
          TRUNCATED,
          OVERSIZED,
          WRONG_LENGTH,
          DRIP,
          THROTTLED,
          HTTP_429,
          UNAVAILABLE,
          DUPLICATE,
          DECLINE,
          HELD,
          LOOKUP_STALE,
          LOOKUP_FAILS ->
          effect.happens();
    };
  }

  private void undo(Call call) {
    if (call.key() != null) {
      ledger.underKey(call.key()).forEach(charge -> ledger.reverse(charge.id()));
    }
  }
}
