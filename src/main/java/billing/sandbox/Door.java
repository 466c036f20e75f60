package billing.sandbox;

import java.io.IOException;

/** A gateway's own protocol before the ledger. Safe for many threads. */
interface Door {

  /** {@code stripe}, {@code nmi}. */
  String name();

  /** What the request is about. */
  Call understand(Request request);

  /**
   * Does what the request asks, with the gateway's own failure where the fault is one, and words
   * the reply. May take its time.
   */
  Reply answer(Call call, Fault fault) throws IOException;
}
