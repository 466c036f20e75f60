package billing.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * SIGINT and SIGTERM, taken over so that a run can end gracefully: the first of either is handed
 * on, a second one ends the process at once. Nothing is lost either way.
 *
 * <p>The class behind it is not part of Java's API, so it is reached by name: where a runtime lacks
 * it, signals end the process at once, which is safe too.
 */
final class Signals {

  private static final Map<String, Integer> EXIT_CODES = Map.of("INT", 130, "TERM", 143);

  private Signals() {}

  /**
   * Takes both signals over.
   *
   * @param first is told the exit code of the first signal
   */
  static void take(Consumer<Integer> first) {
    var seen = ConcurrentHashMap.<String>newKeySet();
    EXIT_CODES.forEach((name, code) ->
        handle(
            name,
            () -> {
              if (seen.isEmpty()) {
                seen.add(name);
                first.accept(code);
              } else {
                Runtime.getRuntime().halt(code);
              }
            }));
  }

  private static void handle(String name, Runnable action) {
    try {
      var signal = Class.forName("sun.misc.Signal");
      var handler = Class.forName("sun.misc.SignalHandler");
      var proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, args) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                  return null;
                }
                return method.getName().equals("equals") ? (Object) false : (Object) 0;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException e) {
      // Then the runtime's own handling stays, which ends the process at once.
      return;
    }
  }
}
