package io.hamesh.operator;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.hamesh.operator.webhook.AdmissionAnswers;
import io.hamesh.operator.webhook.AdmissionHandler;

@AnalyzeClasses(packages = "io.hamesh.operator", importOptions = DoNotIncludeTests.class)
class OperatorStructureTest {
    private static final String FEATURE = "io.hamesh.operator.";

    @ArchTest
    static final ArchRule operatorNeverMeetsTheAgent =
            noClasses().should().dependOnClassesThat().resideInAPackage("io.hamesh.agent..");

    @ArchTest
    static final ArchRule injectionIsPure = classes()
            .that()
            .resideInAPackage(FEATURE + "injection..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                            "java.lang..",
                            "java.math..",
                            "java.util..",
                            "org.jspecify..",
                            "io.hamesh.model..",
                            FEATURE + "injection..",
                            "io.fabric8.kubernetes.api..",
                            "io.fabric8.zjsonpatch..",
                            "com.fasterxml.jackson..")
                    .or(assignableTo(AdmissionHandler.class))
                    .or(assignableTo(AdmissionAnswers.class)));

    @ArchTest
    static final ArchRule apiTypesKnowNoFeature = classes()
            .that()
            .resideInAPackage(FEATURE + "api..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java.lang..",
                    "java.util..",
                    "org.jspecify..",
                    "com.fasterxml.jackson.annotation..",
                    "io.fabric8.crd.generator.annotation..",
                    "io.fabric8.generator.annotation..",
                    "io.fabric8.kubernetes.api.model..",
                    "io.fabric8.kubernetes.client..",
                    "io.fabric8.kubernetes.model.annotation..",
                    "io.hamesh.model..",
                    FEATURE + "api.."));

    @ArchTest
    static final ArchRule registrationKnowsNoOtherFeature = noClasses()
            .that()
            .resideInAPackage(FEATURE + "registration..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(FEATURE + "injection..", FEATURE + "webhook..", FEATURE + "intention..");

    @ArchTest
    static final ArchRule ownershipKnowsNeitherPodsNorIntentions = noClasses()
            .that()
            .resideInAPackage(FEATURE + "ownership..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    FEATURE + "injection..",
                    FEATURE + "webhook..",
                    FEATURE + "intention..",
                    FEATURE + "registration..");

    @ArchTest
    static final ArchRule openPortsKnowNoOtherFeature = classes()
            .that()
            .resideInAPackage(FEATURE + "openports..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "org.slf4j..",
                    "io.hamesh.model..",
                    "io.fabric8.kubernetes.api..",
                    FEATURE + "openports..",
                    FEATURE + "events..",
                    FEATURE + "health..",
                    FEATURE + "work.."));

    @ArchTest
    static final ArchRule onlyTheGatewaySeesTheClientOfConsul = noClasses()
            .that()
            .resideOutsideOfPackage(FEATURE + "consul..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.ecwid..", "org.apache.http..", "com.google.gson..");

    @ArchTest
    static final ArchRule webhookAndConsulKnowNoFeature = noClasses()
            .that()
            .resideInAnyPackage(FEATURE + "webhook..", FEATURE + "consul..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(FEATURE + "injection..", FEATURE + "registration..", FEATURE + "intention..");
}
