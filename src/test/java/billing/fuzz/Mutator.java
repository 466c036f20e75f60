package billing.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Spoils text, from a seed: bits, cuts, repeats, swaps, numbers beyond all bounds, values of
 * another type, nesting without end, parts of another text.
 */
public final class Mutator {

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

  /** What stands between two marks of the formats that we read. */
  private static final Pattern VALUE =
      Pattern.compile("\"[^\"]*\"|(?<==)[^&\\s]*|(?<=>)[^<]*(?=<)");

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-1",
          "1999",
          "199900",
          "19.99",
          "1e3",
          "1E400",
          "NaN",
          "00000019.99",
          "0x7cf",
          "-0",
          "9223372036854775808",
          "99999999999999999999999999999999999999999999999999999999999999");

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "[]",
          "{}",
          "\"\"",
          "\"0\"",
          "[null]",
          "{\"id\":{}}",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "<a/>",
          "%",
          "%zz",
          "&amp;",
          "\u0000",
          "ACME-A1001-2",
          "succeeded",
          "1",
          "2",
          "3",
          "100",
          "301",
          "429",
          "{{",
          "}}",
          "'",
          "/*",
          ";",
          "\\",
          "${x}");

  private final Random random;

  public Mutator(long seed) {
    this.random = new Random(seed);
  }

  public int below(int bound) {
    return random.nextInt(bound);
  }

  public <T> T oneOf(List<T> all) {
    return all.get(below(all.size()));
  }

  /** One to four changes. */
  public byte[] spoil(byte[] text, List<byte[]> others) {
    var spoilt = text;
    for (int changes = 1 + below(4); changes > 0; changes--) {
      spoilt = change(spoilt, others);
    }
    return spoilt;
  }

  /** Bytes of no sense at all. */
  public byte[] noise() {
    var bytes = new byte[below(2000)];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] change(byte[] text, List<byte[]> others) {
    return switch (below(12)) {
      case 0 -> flip(text);
      case 1 -> Arrays.copyOf(text, at(text));
      case 2 -> splice(text, at(text), at(text), new byte[0]);
      case 3 -> repeat(text);
      case 4 -> swap(text);
      case 5 -> splice(text, at(text), 0, noise());
      case 6 -> replace(text, NUMBER, oneOf(NUMBERS));
      case 7, 8 -> replace(text, VALUE, oneOf(VALUES));
      case 9 -> swapValues(text);
      case 10 -> splice(text, at(text), 0, nested());
      default -> crossed(text, oneOf(others));
    };
  }

  private int at(byte[] text) {
    return below(text.length + 1);
  }

  private byte[] flip(byte[] text) {
    var flipped = text.clone();
    for (int bits = 1 + below(3); bits > 0 && text.length > 0; bits--) {
      flipped[below(text.length)] ^= (byte) (1 << below(8));
    }
    return flipped;
  }

  private static byte[] splice(byte[] text, int from, int length, byte[] with) {
    int end = Math.min(text.length, from + length);
    var spliced = new byte[from + with.length + text.length - end];
    System.arraycopy(text, 0, spliced, 0, from);
    System.arraycopy(with, 0, spliced, from, with.length);
    System.arraycopy(text, end, spliced, from + with.length, text.length - end);
    return spliced;
  }

  private byte[] repeat(byte[] text) {
    var from = at(text);
    var part = Arrays.copyOfRange(text, from, Math.min(text.length, from + 1 + below(200)));
    return splice(text, at(text), 0, part);
  }

  private byte[] swap(byte[] text) {
    var cut = at(text);
    var part = Arrays.copyOf(text, cut);
    return splice(Arrays.copyOfRange(text, cut, text.length), text.length - cut, 0, part);
  }

  private byte[] nested() {
    var mark =
        oneOf(List.of("[", "{\"a\":", "<action>", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&b;"));
    return mark.repeat(1 + below(3000)).getBytes(StandardCharsets.UTF_8);
  }

  private byte[] replace(byte[] text, Pattern pattern, String with) {
    var all = text(text);
    var found = places(all, pattern);
    if (found.isEmpty()) {
      return flip(text);
    }
    var place = oneOf(found);
    return bytes(all.substring(0, place[0]) + with + all.substring(place[1]));
  }

  private byte[] swapValues(byte[] text) {
    var all = text(text);
    var found = places(all, VALUE);
    if (found.size() < 2) {
      return flip(text);
    }
    var first = below(found.size() - 1);
    var a = found.get(first);
    var b = found.get(first + 1 + below(found.size() - first - 1));
    return bytes(
        all.substring(0, a[0])
            + all.substring(b[0], b[1])
            + all.substring(a[1], b[0])
            + all.substring(a[0], a[1])
            + all.substring(b[1]));
  }

  private static List<int[]> places(String text, Pattern pattern) {
    var places = new ArrayList<int[]>();
    var matcher = pattern.matcher(text);
    while (matcher.find()) {
      places.add(new int[] {matcher.start(), matcher.end()});
    }
    return places;
  }

  private byte[] crossed(byte[] text, byte[] other) {
    var from = at(other);
    return splice(
        text,
        at(text),
        below(100),
        Arrays.copyOfRange(other, from, Math.min(other.length, from + below(400))));
  }

  /** Every byte a character, so that nothing is lost on the way. */
  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
