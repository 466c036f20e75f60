package billing.house.planted.cli;

/** Innocent: it stands where printing is allowed. */
public final class Prints {

  public void print() {
    System.out.println();
  }
}
