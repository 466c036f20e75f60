package billing.run;

import billing.gateway.Gateway;
import billing.mail.Postman;
import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.Fence;
import billing.rules.Choices.Choice;
import billing.rules.FormerRules;
import billing.rules.PaidRules;
import billing.rules.ResolveRules;
import billing.rules.UnaskedRules;
import billing.rules.WitnessRules.Verdict;
import billing.store.AppSql;
import billing.store.AttemptReader;
import billing.store.Command;
import billing.store.Database;
import billing.store.DatabaseSettings;
import billing.store.Installation;
import billing.store.Outbox;
import billing.store.Readiness;
import billing.store.Resolutions;
import billing.store.Run.Declines;
import billing.store.RunLock;
import billing.store.Status;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A person's decision, done under lock and fence: the gateway is asked first, and what it
 * contradicts is refused. A decision that was taken before is recognised, so that the command can
 * be repeated.
 */
public final class Resolve {

  private final Database database;
  private final DatabaseSettings login;
  private final Gateway gateway;
  private final Postman postman;
  private final ChargeSettings settings;
  private final String version;

  public Resolve(
      Database database,
      DatabaseSettings login,
      Gateway gateway,
      Postman postman,
      ChargeSettings settings,
      String version) {
    this.database = database;
    this.login = login;
    this.gateway = gateway;
    this.postman = postman;
    this.settings = settings;
    this.version = version;
  }

  /**
   * Does it, or recognises that it was done.
   *
   * @param patience how long for the lock
   * @throws RunRefused with 2 where there is no such thing, with 6 where the gateway or the state
   *     of things is against it, with 8 where the gateway does not answer
   */
  public ResolveReport run(ResolveOrder order, Duration patience) {
    var app = AppSql.load(settings.appSql());
    Done done;
    boolean sure;
    try (var tenure =
        Tenure.begin(database, wait -> RunLock.take(login, wait), settings, patience)) {
      Readiness.check(database, app);
      var footing = tenure.look();
      footing.require();
      if (saysNo(order.form())) {
        footing.requireForANo();
      }
      sure = footing.verdict() instanceof Verdict.Fits;
      var installation =
          order.form() instanceof ResolveOrder.OnOneWord
              ? Enrolled.current(database, settings.prefix())
              : Enrolled.check(database, gateway, settings.prefix());
      done = decide(order, app, installation, tenure);
    }
    // Lock and fence are free again, so mail costs nobody time. Where the outbox may be of an
    // earlier time it waits, as that of notify does.
    var mail =
        done.tells && sure
            ? new Notify(new Outbox(database), postman, () -> false).sendAll()
            : null;
    return new ResolveReport(
        done.run, done.run != 0, done.what, done.invoiceId, open(done.invoiceId), mail);
  }

  /**
   * Whether it is a no, which counts only past the horizon of the last send. What lets money be
   * sent again is sent by a run, which lists first, and where it has to wait, waits before that.
   */
  private static boolean saysNo(ResolveOrder.Form form) {
    return switch (form) {
      case ResolveOrder.OnOneWord(var pinning) -> saysNo(pinning);
      case ResolveOrder.NotCharged no -> true;
      case ResolveOrder.Settled s -> false;
      case ResolveOrder.ChargeAgain again -> false;
      case ResolveOrder.Accept accept -> false;
      case ResolveOrder.ChargeIt chargeIt -> false;
      case ResolveOrder.AlreadyPaid paid -> false;
      case ResolveOrder.Book book -> false;
      case ResolveOrder.Declines declines -> false;
    };
  }

  private record Done(long run, String what, @Nullable String invoiceId, boolean tells) {}

  private Done decide(ResolveOrder order, AppSql app, Installation installation, Tenure tenure) {
    var matter = matter(order, installation);
    var before = matter.before();
    if (before.isPresent()) {
      return new Done(0, before.get(), matter.invoiceId(), false);
    }
    var fence = tenure.raise(Command.RESOLVE, version, null);
    try {
      var what = matter.decide(new Resolutions(database, app, installation, fence));
      end(tenure, fence, 0);
      return new Done(fence.epoch(), what, matter.invoiceId(), matter.tells());
    } catch (RunRefused refused) {
      end(tenure, fence, refused.exitCode());
      throw refused;
    }
  }

  private static void end(Tenure tenure, Fence fence, int exitCode) {
    tenure.end(fence, exitCode, Declines.COUNT, "{}");
  }

  private Matter matter(ResolveOrder order, Installation installation) {
    var because = order.because();
    return switch (order.form()) {
      case ResolveOrder.Settled(var key, var id) -> attempt(installation, key, id, because);
      case ResolveOrder.NotCharged(var key) -> attempt(installation, key, null, because);
      case ResolveOrder.ChargeAgain again ->
          new AgainMatter(database, gateway, installation, again, because);
      case ResolveOrder.Accept(var id) -> difference(installation, id, Choice.ACCEPT, because);
      case ResolveOrder.ChargeIt(var id) -> difference(installation, id, Choice.CHARGE_IT, because);
      case ResolveOrder.AlreadyPaid paid ->
          new PaidMatter(
              difference(installation, paid.difference(), Choice.ALREADY_PAID, because),
              gateway,
              new PaidRules(
                  installation.prefix(),
                  installation.id(),
                  installation.account(),
                  gateway.protocol()),
              today(),
              paid.transactionId());
      case ResolveOrder.Book(var id) -> difference(installation, id, Choice.BOOK, because);
      case ResolveOrder.Declines declines -> new DeclinesMatter(database, declines, because);
      case ResolveOrder.OnOneWord(var pinning) -> unasked(pinning, installation, because);
    };
  }

  private Matter unasked(ResolveOrder.Pinning pinning, Installation installation, String because) {
    var unasked =
        new Unasked(
            gateway,
            installation,
            new UnaskedRules(settings.horizon(gateway.timings())),
            Enrolled.refusal(gateway, installation.account()));
    return switch (pinning) {
      case ResolveOrder.Settled(var key, var id) ->
          new UnaskedMatter(database, unasked, present(key, unasked), id, because);
      case ResolveOrder.NotCharged(var key) ->
          new UnaskedMatter(database, unasked, present(key, unasked), null, because);
      case ResolveOrder.Accept(var id) ->
          new UnaskedAccept(
              database, unasked, difference(installation, id, Choice.ACCEPT, because));
    };
  }

  private Attempt present(ChargeKey key, Unasked unasked) {
    var found = AttemptMatter.known(database, key);
    unasked.requireSentHere(found);
    unasked.requireRefused(found);
    return found;
  }

  private Matter attempt(
      Installation installation, ChargeKey key, @Nullable String transactionId, String because) {
    var horizon = settings.horizon(gateway.timings());
    var former = new FormerRules(horizon, installation.account(), installation.id());
    return new AttemptReader(database)
        .byKey(key)
        .filter(former::isFormer)
        .<Matter>map(
            found -> new FormerMatter(database, gateway, former, found, transactionId, because))
        .orElseGet(() -> asked(new ResolveRules(horizon), key, transactionId, because));
  }

  private Matter asked(
      ResolveRules rules, ChargeKey key, @Nullable String transactionId, String because) {
    var clock = new RunClock(database.now(), System::nanoTime);
    return new AttemptMatter(
        database, gateway, rules, () -> Clocks.apart(clock, gateway), key, transactionId, because);
  }

  private LocalDate today() {
    return LocalDate.ofInstant(database.now(), settings.zone());
  }

  private DifferenceMatter difference(
      Installation installation, long id, Choice choice, String because) {
    return new DifferenceMatter(database, gateway, installation, today(), id, choice, because);
  }

  private List<Status.AnyDifference> open(@Nullable String invoiceId) {
    return invoiceId == null
        ? List.of()
        : new Status(database)
            .differencesOf(invoiceId).stream()
                .filter(difference -> difference.state().equals("OPEN"))
                .toList();
  }
}
