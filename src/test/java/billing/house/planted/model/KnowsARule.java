package billing.house.planted.model;

import billing.house.planted.rules.Pure;

record KnowsARule(Pure rule) {}
