package billing.house.planted.store;

/** Holds a static that anybody may change. */
public final class Holder {

  public static int count = 0;

  private Holder() {}
}
