package billing.model;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * An ISO 4217 currency and the number of decimals of its minor unit.
 *
 * <p>The table is ours, because {@code java.util.Currency} changes with the JDK that happens to be
 * installed. Currencies without a minor unit of their own (metals, test codes, units of account)
 * are left out: nobody can be charged in them.
 */
public record Currency(String code, int exponent) implements Comparable<Currency> {

  private static final Set<String> TWO =
      Set.of(
          ("AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD"
                  + " CAD CDF CHE CHF CHW CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD"
                  + " FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS"
                  + " KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR"
                  + " MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD"
                  + " RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT"
                  + " TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG")
              .split(" ", -1));

  private static final Map<String, Integer> OTHERS =
      Map.ofEntries(
          Map.entry("BIF", 0),
          Map.entry("CLP", 0),
          Map.entry("DJF", 0),
          Map.entry("GNF", 0),
          Map.entry("ISK", 0),
          Map.entry("JPY", 0),
          Map.entry("KMF", 0),
          Map.entry("KRW", 0),
          Map.entry("PYG", 0),
          Map.entry("RWF", 0),
          Map.entry("UGX", 0),
          Map.entry("UYI", 0),
          Map.entry("VND", 0),
          Map.entry("VUV", 0),
          Map.entry("XAF", 0),
          Map.entry("XOF", 0),
          Map.entry("XPF", 0),
          Map.entry("BHD", 3),
          Map.entry("IQD", 3),
          Map.entry("JOD", 3),
          Map.entry("KWD", 3),
          Map.entry("LYD", 3),
          Map.entry("OMR", 3),
          Map.entry("TND", 3),
          Map.entry("CLF", 4),
          Map.entry("UYW", 4));

  private static final Map<String, Currency> ALL = all();

  /** The currency of an upper-case ISO 4217 code, or empty where there is none. */
  public static Optional<Currency> of(String code) {
    return Optional.ofNullable(ALL.get(code));
  }

  private static Map<String, Currency> all() {
    var all = new TreeMap<String, Currency>();
    TWO.forEach(code -> all.put(code, new Currency(code, 2)));
    OTHERS.forEach((code, exponent) -> all.put(code, new Currency(code, exponent)));
    return all;
  }

  @Override
  public int compareTo(Currency other) {
    return code.compareTo(other.code);
  }

  @Override
  public String toString() {
    return code;
  }
}
