package billing.house.planted.rules;

import java.util.Random;

record RollsDice(Random dice) {}
