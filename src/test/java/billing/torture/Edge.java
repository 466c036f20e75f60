package billing.torture;

/** What must have happened often enough for a figure to mean anything. */
enum Edge {
  RUNNER_KILLED("a runner was killed"),
  DATABASE_KILLED("the database server was killed and restarted"),
  BOTH_KILLED("both were killed at once"),
  RUNNER_STOPPED("a runner was stopped and went on later (SIGSTOP, SIGCONT)"),
  RUNNER_TOLD_TO_STOP("a runner was told to stop (SIGTERM)"),
  CONNECTIONS_CUT("every connection of a host to the database was cut"),
  DATABASE_STALLED("connections to the database were stalled, and went on or were cut"),
  GATEWAY_STALLED("connections to the gateway were stalled"),
  MAIL_STALLED("connections to the mail server were stalled"),
  LOCK_KILLED("the lock's session was killed under a live runner"),
  COMMIT_AMBIGUOUS("the reply to a COMMIT was lost"),
  MAIL_SERVER_AWAY("the mail server turned a sender away"),
  GATEWAY_AWAY("a request did not leave, since the gateway was away"),
  PAID_ELSEWHERE("a due invoice was paid elsewhere"),
  RESTORED("the database went back to an earlier state, and a run refused (exit code 6)"),
  CURED("a reconciliation cured that"),
  RESOLVED_SETTLED("a person said that an attempt was charged"),
  RESOLVED_NOT_CHARGED("a person said that an attempt was not charged"),
  CHARGED_AGAIN("a person let a refunded invoice be charged again"),
  ACCEPTED("a person accepted a difference"),
  LOCKED_OUT("a runner was turned away by the lock (exit code 5)"),
  FENCED("a runner was fenced off by a newer one"),
  DATABASE_LOST("a runner gave up since the database was lost (exit code 7)"),
  FOUND_BY_LOOKUP("the reply was lost after the effect, and a lookup found the charge"),
  SENT_AGAIN("a send turned out not to exist, and was repeated"),
  PERMIT_EXPIRED("a permit expired before the request left"),
  DUPLICATE_REFUSED("the gateway refused a duplicate"),
  DEADLINE_PASSED("a slow rail had not decided by its deadline"),
  KEY_EXPIRED("a repeat left when the life of its key was over"),
  KEYS_FORGOTTEN("repeats came to a gateway that had forgotten its keys"),
  DECLINED("a card was declined"),
  CANCELLED("an attempt was cancelled, since it was no longer due"),
  MAIL_REPEATED("a mail was sent twice, with the same Message-ID");

  final String words;

  Edge(String words) {
    this.words = words;
  }

  /** Only one gateway refuses duplicates, and only the other tells what it holds. */
  boolean happensAt(String gateway) {
    return switch (this) {
      case DUPLICATE_REFUSED -> gateway.equals("nmi");
      case DEADLINE_PASSED -> gateway.equals("stripe");
      default -> true;
    };
  }
}
