package billing.house.planted.run;

import com.fasterxml.jackson.databind.JsonNode;

record SpeaksJson(JsonNode node) {}
