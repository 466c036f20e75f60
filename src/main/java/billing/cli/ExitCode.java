package billing.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a command ended: the one thing that cron and its monitors read. Silent on what is normal,
 * loud on doubt. {@code --help}, README.md and docs/operations.md show this very table.
 */
enum ExitCode {
  DONE(
      0,
      "done",
      "done: everything due is SETTLED or DECLINED, settling, or waiting for its day; or nothing"
          + " was due",
      "all known"),
  BUG(
      1,
      "bug",
      "a bug in billing (its stack with -v, a report line without)",
      "safe; the next run resumes"),
  USAGE(
      2,
      "usage",
      "wrong use of the command line, or a setting that is missing or wrong",
      "untouched"),
  DOUBT(
      3,
      "doubt",
      "doubts remain: still SENT, the gateway could not yet say; or due invoices wait, PENDING",
      "safe; the next run asks again and goes on"),
  PERSON(
      4,
      "person",
      "a person is needed: attempts in REVIEW, or open differences",
      "known, undecided"),
  LOCKED(5, "locked", "another run holds the lock", "untouched by this one"),
  REFUSED(
      6,
      "refused",
      "a guard refused or ended the run: paused, a limit reached, too many declines, a database"
          + " that went back, not enrolled, another account, fenced off by a newer run",
      "untouched from there on"),
  DATABASE(
      7,
      "database",
      "the database could not be reached or was lost, is not as billing needs it, or rows stayed"
          + " locked",
      "safe; the next run resolves doubts"),
  GATEWAY(
      8,
      "gateway",
      "the gateway could not be reached, refused our account, or failed too often",
      "safe; the next run resumes"),
  MAIL(
      9,
      "mail",
      "everything about money is done, but the mail server could not be reached",
      "all known; the outbox keeps the mail"),
  INTERRUPTED(130, "interrupted", "stopped by SIGINT, gracefully", "safe; the next run resumes"),
  TERMINATED(143, "terminated", "stopped by SIGTERM, gracefully", "safe; the next run resumes");

  /** Where several apply, a command exits with the first of these; {@code rules} decides. */
  static final String MOST_SERIOUS_FIRST = "1, 6, 7, 8, 4, 130 and 143, 3, 9";

  private final int code;
  private final String label;
  private final String when;
  private final String money;

  ExitCode(int code, String label, String when, String money) {
    this.code = code;
    this.label = label;
    this.when = when;
    this.money = money;
  }

  int code() {
    return code;
  }

  /** Its name in {@code --json}. */
  String label() {
    return label;
  }

  /** The cells of its row in the documents' tables: code, when, money. */
  List<String> row() {
    return List.of(Integer.toString(code), when, money);
  }

  /** The exit code with this number. */
  static ExitCode of(int code) {
    return Arrays.stream(values())
        .filter(exit -> exit.code == code)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no exit code " + code));
  }

  /** For the help text: code to meaning, in the order of the codes. */
  static Map<String, String> help() {
    var list = new LinkedHashMap<String, String>();
    for (var exit : values()) {
      list.put(Integer.toString(exit.code), exit.when);
    }
    return list;
  }
}
