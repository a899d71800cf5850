package org.whonix2.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The edges between the modules, and the purity of the core. */
class ModuleEdgesTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.whonix2");

  /** A rule cannot pass on nothing: so many classes of each module must have been seen. */
  private static final Map<String, Integer> FLOOR =
      Map.of(
          "org.whonix2.core", 80,
          "org.whonix2.io", 10,
          "org.whonix2.toolchain", 2,
          "org.whonix2.rebuilder", 25,
          "org.whonix2.server", 20,
          "org.whonix2.update", 10);

  @Test
  void everyModuleIsSeen() {
    FLOOR.forEach(
        (module, floor) ->
            assertThat(ALL.that(resideInAPackage(module + "..")).size())
                .as("classes of %s", module)
                .isGreaterThanOrEqualTo(floor));
  }

  @ParameterizedTest
  @CsvSource({
    "core, ''",
    "io, core",
    "toolchain, core",
    "rebuilder, core io toolchain",
    "server, core io",
    "update, core io",
  })
  void aModuleDependsOnNothingElseOfOurs(String module, String allowed) {
    String own = "org.whonix2." + module + "..";
    String[] allowedPackages =
        Stream.concat(Stream.of(module), Arrays.stream(allowed.split(" ")))
            .filter(name -> !name.isEmpty())
            .map(name -> "org.whonix2." + name + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(own)
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.whonix2..").and(not(resideInAnyPackage(allowedPackages))))
        .check(ALL);
  }

  /** What reads hostile repositories stands in one place. */
  @Test
  void onlyOnePackageKnowsJGit() {
    noClasses()
        .that()
        .resideInAPackage("org.whonix2..")
        .and()
        .resideOutsideOfPackage("org.whonix2.rebuilder.git..")
        .should()
        .dependOnClassesThat(resideInAPackage("org.eclipse.jgit.."))
        .check(ALL);
  }

  @Test
  void theCoreHasNoClockFileSocketOrLogger() {
    noClasses()
        .that()
        .resideInAPackage("org.whonix2.core..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "java.nio.file..", "java.net.http..", "org.slf4j..", "java.util.logging..")
                .or(is("java.io.File", "java.io.FileInputStream", "java.io.FileOutputStream"))
                .or(is("java.net.Socket", "java.net.URL", "java.net.HttpURLConnection"))
                .or(is("java.time.Clock", "java.lang.ProcessBuilder")))
        .check(ALL);
    noClasses()
        .that()
        .resideInAPackage("org.whonix2.core..")
        .should()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .check(ALL);
  }

  private static DescribedPredicate<JavaClass> is(String... names) {
    return DescribedPredicate.describe(
        String.join(", ", names), type -> Arrays.asList(names).contains(type.getName()));
  }

  @Test
  void packagesOfTheCoreHaveNoCycles() {
    slices().matching("org.whonix2.core.(*)..").should().beFreeOfCycles().check(ALL);
  }

  @Test
  void nothingOfOursIsCalledAfterALayer() {
    classes()
        .that()
        .resideInAPackage("org.whonix2..")
        .should()
        .haveSimpleNameNotEndingWith("Util")
        .andShould()
        .haveSimpleNameNotEndingWith("Helper")
        .andShould()
        .haveSimpleNameNotEndingWith("Manager")
        .andShould()
        .haveSimpleNameNotEndingWith("Impl")
        .check(ALL);
  }
}
