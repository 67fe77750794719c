package io.datadrivenchanges.e2e;

import java.time.LocalDateTime;
import java.util.Set;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "io.datadrivenchanges", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] MONEY = {"io.datadrivenchanges.payments.payment..",
            "io.datadrivenchanges.payments.performance.."};
    private static final String[] EXPERIMENT_FOR_SPRING = {"io.datadrivenchanges.experiment.autoconfigure..",
            "io.datadrivenchanges.experiment.actuate.."};
    private static final DescribedPredicate<JavaClass> FLOATING_POINT = describe("float or double",
            type -> Set.of("float", "double", "java.lang.Float", "java.lang.Double").contains(type.getName()));

    @ArchTest
    static final ArchRule packagesFormNoCycles = slices().matching("io.datadrivenchanges.(**)").should()
            .beFreeOfCycles()
            .because("a cycle means that two packages are one");

    @ArchTest
    static final ArchRule servletTypesStayAtTheEdge = noClasses()
            .that().resideOutsideOfPackage("io.datadrivenchanges.http..")
            .and(describe("are no controllers", type -> !type.getSimpleName().endsWith("Controller")))
            .should().dependOnClassesThat().resideInAPackage("jakarta.servlet..")
            .because("what a service decides must not depend on how it was asked");

    @ArchTest
    static final ArchRule experimentKnowsNeitherSpringNorTheDomain = noClasses()
            .that().resideInAPackage("io.datadrivenchanges.experiment..")
            .and().resideOutsideOfPackages(EXPERIMENT_FOR_SPRING)
            .should().dependOnClassesThat(resideInAnyPackage("org.springframework..", "io.datadrivenchanges.payments..",
                    "io.datadrivenchanges.cache..", "io.datadrivenchanges.http..",
                    "io.datadrivenchanges.experiment.autoconfigure..", "io.datadrivenchanges.experiment.actuate.."))
            .because("people adopt the library without our services and without Spring");

    @ArchTest
    static final ArchRule experimentCoreNeedsOnlyTheLogFacade = classes()
            .that().resideInAnyPackage("io.datadrivenchanges.experiment", "io.datadrivenchanges.experiment.audit",
                    "io.datadrivenchanges.experiment.verdict")
            .should().onlyDependOnClassesThat(resideInAnyPackage("java..", "org.slf4j..", "org.jspecify..",
                    "io.datadrivenchanges.experiment", "io.datadrivenchanges.experiment.audit",
                    "io.datadrivenchanges.experiment.verdict"))
            .because("adding the library must not add anything else");

    @ArchTest
    static final ArchRule wiringIsHidden = classes()
            .that(simpleNameEndingWith("Controller").or(simpleNameEndingWith("Repository"))
                    .or(simpleNameEndingWith("Properties")))
            .should().notBePublic()
            .because("only Spring calls them; public would invite others");

    @ArchTest
    static final ArchRule nobodySleepsOrAsksTheHiddenClock = noClasses()
            .should().callMethod(Thread.class, "sleep", long.class)
            .orShould().callMethod(LocalDateTime.class, "now")
            .because("a wait has a condition and a bound, and time comes in by constructor");

    @ArchTest
    static final ArchRule moneyIsNeverKeptInBinary = noFields()
            .that().areDeclaredInClassesThat().resideInAnyPackage(MONEY)
            .should().haveRawType(FLOATING_POINT)
            .because("0.1 has no exact binary form");

    @ArchTest
    static final ArchRule moneyIsNeverHandedOverInBinary = noMethods()
            .that().areDeclaredInClassesThat().resideInAnyPackage(MONEY)
            .should().haveRawReturnType(FLOATING_POINT)
            .because("0.1 has no exact binary form");

    @ArchTest
    static final ArchRule namesSayWhatDiffers = noClasses()
            .should().haveNameMatching(".*(Manager|Helper|Utils?|Processor|Impl|Data)")
            .because("a vague name hides what a type is for");
}
