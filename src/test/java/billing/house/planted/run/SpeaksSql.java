package billing.house.planted.run;

import java.sql.Connection;

record SpeaksSql(Connection connection) {}
