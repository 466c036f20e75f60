package billing.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who may know whom, each rule with its reason. The root of the packages is a parameter, so that
 * the same rules can be seen to catch a planted breach.
 */
record Architecture(String root) {

  private static final List<String> SIBLINGS = List.of("rules", "gateway", "store", "mail");

  List<ArchRule> rules() {
    var rules = new ArrayList<ArchRule>();
    rules.addAll(directions());
    rules.addAll(purity());
    rules.addAll(libraries());
    rules.addAll(habits());
    return rules;
  }

  private List<ArchRule> directions() {
    var rules = new ArrayList<ArchRule>();
    rules.add(
        forbid(
            "model",
            ours("rules", "gateway", "store", "mail", "run", "cli", "sandbox"),
            "model holds the nouns that all speak, and knows nobody"));
    for (var sibling : SIBLINGS) {
      var others =
          Stream.concat(
                  SIBLINGS.stream().filter(other -> !other.equals(sibling)),
                  Stream.of("run", "cli", "sandbox"))
              .toArray(String[]::new);
      rules.add(
          forbid(
              sibling,
              ours(others),
              "rules, gateway, store and mail meet only in run, so that each can be read, tested"
                  + " and replaced alone"));
    }
    rules.add(
        forbid("run", ours("cli", "sandbox"), "run is started by cli and does not know by whom"));
    rules.add(
        noClasses()
            .that()
            .resideInAPackage(here("cli"))
            .and()
            .haveSimpleNameNotStartingWith("Demo")
            .and()
            .haveSimpleNameNotStartingWith("Sandbox")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(here("sandbox"))
            .because(
                "a production install leaves lib/demo out; only demo and sandbox may need it"));
    rules.add(
        forbid(
            "sandbox",
            ours("rules", "gateway", "store", "mail", "run", "cli"),
            "the sandbox judges the others, so it must not share their mistakes"));
    return rules;
  }

  private List<ArchRule> purity() {
    var rules = new ArrayList<ArchRule>();
    rules.add(
        noClasses()
            .that()
            .resideInAnyPackage(here("model"), here("rules"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "java.sql..",
                "javax..",
                "java.io..",
                "java.net..",
                "java.nio.file..",
                "java.nio.channels..",
                "java.util.concurrent..",
                "org.slf4j..",
                "org.jdbi..",
                "org.apache..",
                "com.fasterxml..",
                "jakarta..",
                "picocli..")
            .because(
                "model and rules decide on what they are given: no I/O, no logger, no library"));
    rules.add(
        noClasses()
            .that()
            .resideInAnyPackage(here("model"), here("rules"))
            .should()
            .callMethodWhere(readsTheClock())
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(java.util.Random.class, java.security.SecureRandom.class)
            .because("time and chance are arguments, so that a test can replay every decision"));
    return rules;
  }

  private List<ArchRule> libraries() {
    return List.of(
        only(
            "the database is spoken to in one place",
            List.of("store", "sandbox"),
            "org.jdbi..",
            "java.sql..",
            "javax.sql..",
            "com.zaxxer..",
            "org.flywaydb..",
            "com.mysql.."),
        only(
            "requests for money leave through one careful exchange",
            List.of("gateway", "sandbox"),
            "org.apache.hc..",
            "java.net.http..",
            "javax.xml..",
            "org.w3c..",
            "org.xml.."),
        only(
            "JSON is a wire format and never a way to carry data inside",
            List.of("gateway", "store", "cli", "sandbox"),
            "com.fasterxml.."),
        only(
            "mail leaves in one place",
            List.of("mail"),
            "jakarta.mail..",
            "org.eclipse.angus..",
            "org.simplejavamail..",
            "com.samskivert.."),
        only("only cli is a command line", List.of("cli"), "picocli.."),
        only(
            "the embedded database is for demo and tests",
            List.of("sandbox"),
            "ch.vorburger..",
            "org.springframework.."));
  }

  private List<ArchRule> habits() {
    return List.of(
        noClasses()
            .that()
            .resideInAPackage(root + "..")
            .and()
            .resideOutsideOfPackage(here("cli"))
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class)
            .orShould()
            .callMethod(Throwable.class, "printStackTrace")
            .because("what is printed and how the program ends is cli's to say"),
        fields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage(root + "..")
            .and()
            .areStatic()
            .should()
            .beFinal()
            .because("a static that changes is shared by everybody and tested by nobody"),
        noClasses()
            .that()
            .resideInAPackage(root + "..")
            .should()
            .haveNameMatching(".*(Impl|Abstract\\w*|Manager|Utils?|Helpers?|Service|Processor)")
            .because("such a name says nothing about what the class is for"));
  }

  private ArchRule only(String because, List<String> allowed, String... packages) {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackages(ours(allowed.toArray(String[]::new)))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages)
        .because(because)
        .as(
            String.join(", ", packages)
                + " only in "
                + String.join(", ", allowed)
                + ", because "
                + because);
  }

  private ArchRule forbid(String from, String[] to, String because) {
    return noClasses()
        .that()
        .resideInAPackage(here(from))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(to)
        .because(because);
  }

  private String here(String name) {
    return root + "." + name + "..";
  }

  private String[] ours(String... names) {
    return Stream.of(names).map(this::here).toArray(String[]::new);
  }

  private static DescribedPredicate<JavaCall<?>> readsTheClock() {
    return DescribedPredicate.describe(
        "reads the clock",
        call -> {
          var target = call.getTarget();
          var owner = target.getOwner().getName();
          var name = target.getName();
          return (owner.startsWith("java.time.") && name.equals("now"))
              || owner.equals("java.time.Clock")
              || (owner.equals("java.lang.System")
                  && (name.equals("currentTimeMillis") || name.equals("nanoTime")))
              || (owner.equals("java.lang.Math") && name.equals("random"))
              || (owner.equals("java.util.UUID") && name.equals("randomUUID"));
        });
  }
}
