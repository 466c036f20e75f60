package billing.modelcheck;

import billing.model.Account;
import billing.model.ChargeKey;
import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.Listed;
import billing.model.Order;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The gateway of the model: what it charged, and what it tells of it. */
final class SimGateway {

  enum State {
    APPROVED,
    DECLINED,
    PROCESSING,
    UNDECIDED,
    CLOSED
  }

  /**
   * One transaction.
   *
   * @param at when it came about or changed last, in seconds
   * @param late whether its request came later than is declared
   */
  record Txn(String id, Order order, State state, int at, boolean late) {
    ChargeKey key() {
      return order.key();
    }

    Txn now(State next, int when) {
      return new Txn(id, order, next, when, late);
    }
  }

  private final Config config;
  List<Txn> txns = new ArrayList<>();

  SimGateway(Config config) {
    this.config = config;
  }

  SimGateway copy() {
    var copy = new SimGateway(config);
    copy.txns = new ArrayList<>(txns);
    return copy;
  }

  /** Takes a request: what it does with a new one, or what it did when it knows the key. */
  GatewayReply charge(World.Request request, State outcome, int now) {
    var order = request.order();
    var known = remembered(order, now);
    if (known != null) {
      return reply(known);
    }
    var id = "t" + order.key() + "/" + request.sendNo();
    var txn = new Txn(id, order, outcome, now, request.held());
    txns.add(txn);
    txns.sort(Comparator.comparing(Txn::id));
    return reply(txn);
  }

  /** The transaction that an idempotency key leads to. */
  @Nullable Txn remembered(Order order, int now) {
    return !config.idempotent()
        ? null
        : txns.stream()
            .filter(t -> t.key().equals(order.key()))
            .filter(t -> t.order().account().equals(order.account()))
            .filter(t -> config.keyLife() == 0 || now - t.at() < config.keyLife())
            .findFirst()
            .orElse(null);
  }

  /**
   * A lookup.
   *
   * @param shown whether a transaction that is younger than the lag is in it already
   */
  List<GatewayReply> find(Account account, ChargeKey key, int now, Predicate<Txn> shown) {
    var found =
        txns.stream()
            .filter(t -> t.key().equals(key) && t.order().account().equals(account))
            .filter(t -> !isYoung(t, now) || shown.test(t))
            .map(SimGateway::reply)
            .toList();
    return found.isEmpty() ? List.of(new GatewayReply.NotFound()) : found;
  }

  boolean isYoung(Txn txn, int now) {
    return now - txn.at() < config.lag();
  }

  /** Cancels what could still become a charge. */
  GatewayReply close(String id, int now) {
    var txn = txns.stream().filter(t -> t.id().equals(id)).findFirst().orElse(null);
    if (txn == null) {
      return new GatewayReply.NotFound();
    }
    if (txn.state() == State.UNDECIDED) {
      become(txn, State.CLOSED, now);
      return new GatewayReply.Closed(id);
    }
    return reply(txn);
  }

  void become(Txn txn, State state, int now) {
    txns.replaceAll(t -> t.id().equals(txn.id()) ? t.now(state, now) : t);
  }

  List<Txn> of(ChargeKey key) {
    return txns.stream().filter(t -> t.key().equals(key)).toList();
  }

  List<Txn> approved() {
    return txns.stream().filter(t -> t.state() == State.APPROVED).toList();
  }

  /** All that an account has, also the youngest. */
  List<Listed> listing(Account account) {
    return txns.stream()
        .filter(t -> t.order().account().equals(account))
        .map(t -> new Listed(t.id(), reply(t), echo(t.order()), Instant.ofEpochSecond(t.at())))
        .toList();
  }

  private static Echo echo(Order o) {
    return new Echo(
        o.key().value(),
        o.amount(),
        o.customerRef(),
        o.paymentRef(),
        o.account().id(),
        o.account().live(),
        o.invoiceId(),
        o.installation());
  }

  private static GatewayReply reply(Txn txn) {
    var echo = echo(txn.order());
    return switch (txn.state()) {
      case APPROVED -> new GatewayReply.Approved(txn.id(), echo, null);
      case DECLINED -> new GatewayReply.Declined("51", "no funds", false, null, echo, null);
      case PROCESSING ->
          new GatewayReply.Processing(txn.id(), echo, Instant.ofEpochSecond(txn.at() + 1000));
      case UNDECIDED -> new GatewayReply.Undecided(txn.id(), echo);
      case CLOSED -> new GatewayReply.Closed(txn.id());
    };
  }
}
