package billing.house.planted.run;

import org.apache.hc.core5.http.HttpHost;

record SpeaksHttp(HttpHost host) {}
