package billing.gateway.nmi;

import billing.gateway.Listing;

/** Why a page of a listing could not be made; never leaves this package. */
final class NoPage extends Exception {

  private static final long serialVersionUID = 1;

  private final transient Listing listing;

  NoPage(Listing listing) {
    super(null, null, false, false);
    this.listing = listing;
  }

  /** What the caller of the listing is answered. */
  Listing listing() {
    return listing;
  }
}
