package billing.gateway.nmi;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads a {@link Report} in one pass: no DTD, no entity but XML's own five, nothing fetched. A
 * document that breaks off, or holds what we do not know, is unreadable.
 */
final class ReportReader {

  private final XMLStreamReader xml;

  private ReportReader(XMLStreamReader xml) {
    this.xml = xml;
  }

  static Report read(String text) {
    if (!text.contains("<nm_response")) {
      return new Report.Unreadable("an answer without <nm_response>");
    }
    try {
      var xml = factory().createXMLStreamReader(new StringReader(text));
      try {
        return new ReportReader(xml).report();
      } finally {
        xml.close();
      }
    } catch (XMLStreamException broken) {
      return new Report.Unreadable("an answer that is not the XML of a report");
    }
  }

  private static XMLInputFactory factory() {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setXMLResolver((publicId, systemId, base, namespace) -> {
      throw new XMLStreamException("external entities are not fetched");
    });
    return factory;
  }

  private Report report() throws XMLStreamException {
    expect(xml.nextTag() == XMLStreamConstants.START_ELEMENT && at("nm_response"));
    var transactions = new ArrayList<Filed>();
    String refused = null;
    while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
      if (at("error_response")) {
        refused = text();
      } else {
        expect(at("transaction"));
        transactions.add(transaction());
      }
    }
    while (xml.hasNext()) {
      xml.next();
    }
    return refused == null
        ? new Report.Transactions(List.copyOf(transactions))
        : new Report.Refused(refused);
  }

  private Filed transaction() throws XMLStreamException {
    var elements = new HashMap<String, String>();
    var actions = new ArrayList<Map<String, String>>();
    while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
      if (at("action")) {
        actions.add(action());
      } else {
        put(elements);
      }
    }
    return new Filed(Map.copyOf(elements), List.copyOf(actions));
  }

  private Map<String, String> action() throws XMLStreamException {
    var elements = new HashMap<String, String>();
    while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
      put(elements);
    }
    return Map.copyOf(elements);
  }

  /** What is said twice and differently says nothing. */
  private void put(Map<String, String> elements) throws XMLStreamException {
    var name = name();
    var text = text();
    var before = elements.putIfAbsent(name, text);
    expect(before == null || before.equals(text));
  }

  /** Numbered fields keep their number: {@code merchant_defined_field_2}. */
  private String name() {
    var number = xml.getAttributeValue(null, "id");
    return number == null ? xml.getLocalName() : xml.getLocalName() + "_" + number;
  }

  /** The text of an element; one that has children (a list of products) has none for us. */
  private String text() throws XMLStreamException {
    var text = new StringBuilder();
    for (int depth = 1; depth > 0; ) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> depth++;
        case XMLStreamConstants.END_ELEMENT -> depth--;
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
            text.append(depth == 1 ? xml.getText() : "");
        default -> expect(false);
      }
    }
    return text.toString().strip();
  }

  private boolean at(String name) {
    return xml.getLocalName().equals(name);
  }

  private static void expect(boolean asKnown) throws XMLStreamException {
    if (!asKnown) {
      throw new XMLStreamException("not a report as we know it");
    }
  }
}
