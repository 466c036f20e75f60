package billing.cli;

import billing.run.Notify;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;

/** What became of the customers' mail, in the summary: only what there is to say. */
final class MailLine {

  private MailLine() {}

  static boolean isNews(Notify.Result mail) {
    return mail.serverDown()
        || mail.sent() + mail.undeliverable() + mail.later() + mail.waiting() > 0;
  }

  static String of(Notify.Result mail) {
    var parts = new ArrayList<String>();
    parts.add("sent " + mail.sent());
    if (mail.undeliverable() > 0) {
      parts.add("undeliverable " + mail.undeliverable());
    }
    if (mail.later() > 0) {
      parts.add("tried again later " + mail.later());
    }
    if (mail.waiting() > 0) {
      parts.add("waiting " + mail.waiting());
    }
    return String.join(", ", parts)
        + (mail.serverDown() ? "; server down: " + Table.printable(mail.down()) : "");
  }

  /** Its twin for programs. */
  static void put(ObjectNode node, Notify.Result mail) {
    node.put("sent", mail.sent())
        .put("undeliverable", mail.undeliverable())
        .put("later", mail.later())
        .put("waiting", mail.waiting())
        .put("server_down", mail.serverDown());
  }

  /**
   * Why a command whose matter was another one ends with 9.
   *
   * @param mail that failed
   */
  static String failed(Notify.Result mail) {
    return mail.serverDown()
        ? "the mail server could not be reached: "
            + Table.printable(mail.down())
            + "; the outbox keeps the mail, try  billing notify  (exit 9)"
        : "the mail server took none of "
            + Moments.counted(mail.later(), "mail")
            + "; each is tried again later: ask it why  (exit 9)";
  }
}
