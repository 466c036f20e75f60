package billing.house.planted.cli;

record PaymentManager() {}
