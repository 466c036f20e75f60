package billing.store;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads a statement's text as the server will: what is a comment, what is quoted, and what is
 * neither.
 */
final class SqlText {

  /** A stretch of text of one nature. */
  record Piece(Nature nature, String text) {}

  enum Nature {
    CODE,
    QUOTED,
    COMMENT
  }

  private SqlText() {}

  /**
   * @throws IllegalArgumentException where a quote or a comment is never closed
   */
  static List<Piece> pieces(String sql) {
    var pieces = new ArrayList<Piece>();
    int begin = 0;
    int at = 0;
    while (at < sql.length()) {
      int end = endOfSpecial(sql, at);
      if (end < 0) {
        at++;
        continue;
      }
      if (at > begin) {
        pieces.add(new Piece(Nature.CODE, sql.substring(begin, at)));
      }
      var nature = "'\"`".indexOf(sql.charAt(at)) >= 0 ? Nature.QUOTED : Nature.COMMENT;
      pieces.add(new Piece(nature, sql.substring(at, end)));
      begin = end;
      at = end;
    }
    if (at > begin) {
      pieces.add(new Piece(Nature.CODE, sql.substring(begin)));
    }
    return pieces;
  }

  static String withoutComments(String sql) {
    var text = new StringBuilder();
    for (var piece : pieces(sql)) {
      text.append(piece.nature() == Nature.COMMENT ? " " : piece.text());
    }
    return text.toString().strip();
  }

  /** Only what is neither quoted nor comment; a quoted stretch becomes a single {@code '}. */
  static String code(String sql) {
    var text = new StringBuilder();
    for (var piece : pieces(sql)) {
      text.append(
          switch (piece.nature()) {
            case CODE -> piece.text();
            case QUOTED -> "'";
            case COMMENT -> " ";
          });
    }
    return text.toString();
  }

  /** Where the comment or quote that begins here ends, or -1 where none begins. */
  private static int endOfSpecial(String sql, int at) {
    var c = sql.charAt(at);
    if (c == '\'' || c == '"' || c == '`') {
      return endOfQuote(sql, at);
    }
    if (c == '#' || (sql.startsWith("--", at) && isDashes(sql, at))) {
      var end = sql.indexOf('\n', at);
      return end < 0 ? sql.length() : end;
    }
    if (sql.startsWith("/*", at)) {
      var end = sql.indexOf("*/", at + 2);
      if (end < 0) {
        throw new IllegalArgumentException("a comment is never closed");
      }
      return end + 2;
    }
    return -1;
  }

  private static int endOfQuote(String sql, int at) {
    var quote = sql.charAt(at);
    for (int i = at + 1; i < sql.length(); i++) {
      if (sql.charAt(i) == '\\' && quote != '`') {
        i++;
      } else if (sql.charAt(i) == quote) {
        if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
          i++;
        } else {
          return i + 1;
        }
      }
    }
    throw new IllegalArgumentException("a quote is never closed: " + quote);
  }

  /** The server takes two dashes for a comment only before a blank or the end. */
  private static boolean isDashes(String sql, int at) {
    return at + 2 >= sql.length() || Character.isWhitespace(sql.charAt(at + 2));
  }
}
