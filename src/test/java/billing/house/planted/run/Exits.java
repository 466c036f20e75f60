package billing.house.planted.run;

final class Exits {

  void end() {
    System.exit(0);
  }
}
