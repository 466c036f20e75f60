package billing.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Columns that stand under each other, without borders. Amounts stand on their decimal points,
 * whatever their currencies' decimals.
 */
final class Table {

  /** Where a column's cells stand. */
  enum Align {
    LEFT,
    RIGHT,
    /** Numbers by their decimal point, what follows the number (a currency) left of each other. */
    POINT
  }

  private static final String GAP = "  ";

  private final List<Align> columns;
  private final List<List<String>> rows = new ArrayList<>();

  Table(Align... columns) {
    this.columns = List.of(columns);
  }

  /**
   * @throws IllegalArgumentException where the row has not a cell for each column
   */
  Table row(String... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(cells.length + " cells, " + columns.size() + " columns");
    }
    var row = new ArrayList<String>();
    for (var cell : cells) {
      row.add(printable(cell));
    }
    rows.add(row);
    return this;
  }

  /** The lines, each begun with the indent and without blanks at its end. */
  List<String> lines(String indent) {
    var lines = new ArrayList<StringBuilder>();
    rows.forEach(row -> lines.add(new StringBuilder(indent)));
    for (int column = 0; column < columns.size(); column++) {
      var cells = aligned(column);
      for (int i = 0; i < cells.size(); i++) {
        lines.get(i).append(column == 0 ? "" : GAP).append(cells.get(i));
      }
    }
    return lines.stream().map(line -> line.toString().stripTrailing()).toList();
  }

  /**
   * The text without what a terminal would obey: a customer's name may hold anything, an escape
   * sequence too.
   */
  static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u0080-\\u009f\\u202a-\\u202e\\u2066-\\u2069]", "?");
  }

  private List<String> aligned(int column) {
    var cells = rows.stream().map(row -> row.get(column)).toList();
    return switch (columns.get(column)) {
      case LEFT -> padded(cells, false);
      case RIGHT -> padded(cells, true);
      case POINT -> onThePoint(cells);
    };
  }

  /** Head, fraction and tail of each cell are three columns of their own. */
  private static List<String> onThePoint(List<String> cells) {
    var heads = padded(cells.stream().map(cell -> number(cell).split("\\.", 2)[0]).toList(), true);
    var fractions = padded(cells.stream().map(Table::fraction).toList(), false);
    var tails =
        padded(cells.stream().map(cell -> cell.substring(number(cell).length())).toList(), false);
    var whole = new ArrayList<String>();
    for (int i = 0; i < cells.size(); i++) {
      whole.add(heads.get(i) + fractions.get(i) + tails.get(i));
    }
    return whole;
  }

  private static String number(String cell) {
    int blank = cell.indexOf(' ');
    return blank < 0 ? cell : cell.substring(0, blank);
  }

  private static String fraction(String cell) {
    int point = number(cell).indexOf('.');
    return point < 0 ? "" : number(cell).substring(point);
  }

  private static List<String> padded(List<String> cells, boolean right) {
    int width = cells.stream().mapToInt(Table::width).max().orElse(0);
    return cells.stream()
        .map(cell -> {
          var blanks = " ".repeat(width - width(cell));
          return right ? blanks + cell : cell + blanks;
        })
        .toList();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
