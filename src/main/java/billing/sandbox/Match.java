package billing.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * Which requests a scripted fault strikes. A null or zero part matches everything.
 *
 * @param nth only the nth request of that operation under that key, counted from 1
 */
public record Match(
    @Nullable String door, @Nullable Operation operation, @Nullable String key, int nth) {

  public static final Match ANY = new Match(null, null, null, 0);
  public static final Match CHARGE = ANY.on(Operation.CHARGE);
  public static final Match LOOKUP = ANY.on(Operation.LOOKUP);

  public Match at(String otherDoor) {
    return new Match(otherDoor, operation, key, nth);
  }

  public Match on(Operation other) {
    return new Match(door, other, key, nth);
  }

  public Match key(String other) {
    return new Match(door, operation, other, nth);
  }

  public Match nth(int other) {
    return new Match(door, operation, key, other);
  }

  boolean matches(Call call, int number) {
    return (door == null || door.equals(call.door()))
        && (operation == null || operation == call.operation())
        && (key == null || key.equals(call.key()))
        && (nth == 0 || nth == number);
  }
}
