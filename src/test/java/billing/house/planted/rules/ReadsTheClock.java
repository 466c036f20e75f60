package billing.house.planted.rules;

import java.time.Instant;

final class ReadsTheClock {

  Instant decide() {
    return Instant.now();
  }
}
