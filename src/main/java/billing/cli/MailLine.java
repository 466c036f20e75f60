package billing.cli;

import billing.run.Notify;
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
}
