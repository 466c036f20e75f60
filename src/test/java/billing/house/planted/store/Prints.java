package billing.house.planted.store;

final class Prints {

  void print() {
    System.out.println();
  }
}
