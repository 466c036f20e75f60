package billing.house.planted.cli;

import billing.house.planted.sandbox.Ledger;

record KnowsTheSandbox(Ledger ledger) {}
