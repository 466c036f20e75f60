package billing.mail;

import java.net.IDN;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One e-mail address and the name to show beside it. Nothing in it can end a header: what could is
 * no address to begin with.
 *
 * @param name null where there is none
 * @param address in ASCII, a foreign domain in its {@code xn--} form
 */
public record Mailbox(@Nullable String name, String address) {

  /** What mail servers take unquoted; lists, quotes, brackets and blanks are none of it. */
  private static final Pattern LOCAL = Pattern.compile("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}");

  private static final Pattern DOMAIN =
      Pattern.compile(
          "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
              + "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

  private static final Pattern NAMED = Pattern.compile("([^\\p{Cntrl}<>]*)<([^<>]*)>");

  private static final int LONGEST = 254; // RFC 5321 §4.5.3.1.3, less the angle brackets

  /** {@code billing@example.com} or {@code Example Ltd <billing@example.com>}, else empty. */
  public static Optional<Mailbox> parse(String text) {
    var named = NAMED.matcher(text.strip());
    if (!named.matches()) {
      return address(text).map(address -> new Mailbox(null, address));
    }
    var name = named.group(1).strip().replaceAll("^\"(.*)\"$", "$1");
    return address(named.group(2))
        .map(address -> new Mailbox(name.isEmpty() ? null : name, address));
  }

  /** The bare address in ASCII; empty where the text is none, or is more than one. */
  static Optional<String> address(String text) {
    var address = text.strip();
    var at = address.lastIndexOf('@');
    if (at < 0 || !LOCAL.matcher(address.substring(0, at)).matches()) {
      return Optional.empty();
    }
    return ascii(address.substring(at + 1))
        .filter(domain -> DOMAIN.matcher(domain).matches())
        .map(domain -> address.substring(0, at + 1) + domain)
        .filter(whole -> whole.length() <= LONGEST);
  }

  private static Optional<String> ascii(String domain) {
    try {
      return Optional.of(IDN.toASCII(domain));
    } catch (IllegalArgumentException notADomain) {
      return Optional.empty();
    }
  }

  String domain() {
    return address.substring(address.lastIndexOf('@') + 1);
  }

  /** As a customer should read it. */
  String shown() {
    return name == null ? address : name;
  }

  @Override
  public String toString() {
    return name == null ? address : name + " <" + address + ">";
  }
}
