package billing.house.planted.run;

import billing.house.planted.cli.Prints;

record KnowsTheCommandLine(Prints prints) {}
