package billing.store;

/**
 * The switch that every claim looks at in its first statement. Needs no lock: a run at work obeys
 * it, too, and only what it has claimed already still leaves.
 */
public final class Pause {

  private static final Sql PAUSE = Sql.load("fence/pause");
  private static final Sql RESUME = Sql.load("fence/resume");

  private final Database database;

  public Pause(Database database) {
    this.database = database;
  }

  /** No claim begins once this returns. Who was first keeps the word: a reason is not replaced. */
  public void pause(String because) {
    new Settled(database)
        .run(handle -> handle.createUpdate(PAUSE.text()).bind("because", because).execute());
  }

  /** Claims may begin again, with the next run. */
  public void resume() {
    new Settled(database).run(handle -> handle.createUpdate(RESUME.text()).execute());
  }
}
