package billing.house.planted.mail;

import billing.house.planted.run.Shell;

record KnowsTheRun(Shell shell) {}
