package billing.house.planted.gateway;

import billing.house.planted.store.Holder;

final class KnowsTheStore {

  int count() {
    return Holder.count;
  }
}
