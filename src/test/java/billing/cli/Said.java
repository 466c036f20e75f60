package billing.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a command said in this process, on both of its outputs, and how it ended. */
record Said(int code, String text) {

  static Said by(Path settings, String... command) {
    var text = new ByteArrayOutputStream();
    var print = new PrintStream(text, true, UTF_8);
    var args = new ArrayList<>(List.of(command));
    args.addAll(List.of("--config", settings.toString()));
    var console = new Console(print, print, false, false, false, 80);
    return new Said(Main.run(args.toArray(new String[0]), console, Map.of()), text.toString(UTF_8));
  }

  JsonNode json() throws Exception {
    return new ObjectMapper().readTree(text);
  }
}
