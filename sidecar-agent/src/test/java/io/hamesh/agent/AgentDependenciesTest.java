package io.hamesh.agent;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.URLEncoder;

@AnalyzeClasses(packages = "io.hamesh", importOptions = DoNotIncludeTests.class)
class AgentDependenciesTest {
    private static final String AGENT = "io.hamesh.agent..";
    private static final String SNAPSHOT = "io.hamesh.agent.snapshot..";
    private static final String RENDERING = "io.hamesh.agent.haproxy.config..";
    private static final String LOG = "io.hamesh.agent.log..";
    private static final String MODEL = "io.hamesh.model..";
    private static final String HAPROXY_CLIENT = "io.hamesh.haproxy..";
    private static final String LANGUAGE = "java.lang..";
    private static final String ANNOTATIONS = "org.jspecify..";

    @ArchTest
    static final ArchRule agentNeverMeetsTheOperator = noClasses()
            .that()
            .resideInAPackage(AGENT)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.hamesh.operator..");

    @ArchTest
    static final ArchRule agentStaysSmall = classes()
            .that()
            .resideInAPackage(AGENT)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(AGENT, MODEL, HAPROXY_CLIENT, "java..", ANNOTATIONS, "com.fasterxml.jackson.core..");

    @ArchTest
    static final ArchRule snapshotIsPlainData = classes()
            .that()
            .resideInAPackage(SNAPSHOT)
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage(SNAPSHOT, MODEL, LANGUAGE, "java.util..", "java.time..", ANNOTATIONS)
                            .or(type(InetAddress.class))); // reads literals; nothing is looked up

    @ArchTest
    static final ArchRule consulKnowsTheSnapshotAlone = classes()
            .that()
            .resideInAPackage("io.hamesh.agent.consul..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.hamesh.agent.consul..",
                    SNAPSHOT,
                    LOG,
                    MODEL,
                    "java..",
                    ANNOTATIONS,
                    "com.fasterxml.jackson.core..");

    @ArchTest
    static final ArchRule haproxyKnowsTheSnapshotAlone = classes()
            .that()
            .resideInAPackage("io.hamesh.agent.haproxy..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.hamesh.agent.haproxy..", SNAPSHOT, LOG, MODEL, HAPROXY_CLIENT, "java..", ANNOTATIONS);

    @ArchTest
    static final ArchRule socketsKnowTheSnapshotAlone = classes()
            .that()
            .resideInAPackage("io.hamesh.agent.sockets..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.hamesh.agent.sockets..", SNAPSHOT, LOG, MODEL, "java..", ANNOTATIONS);

    @ArchTest
    static final ArchRule lifecycleKnowsTheSnapshotAlone = classes()
            .that()
            .resideInAPackage("io.hamesh.agent.lifecycle..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.hamesh.agent.lifecycle..", SNAPSHOT, LOG, MODEL, "java..", ANNOTATIONS);

    @ArchTest
    static final ArchRule renderingDoesNotKnowWhoAppliesIt = noClasses()
            .that()
            .resideInAPackage(RENDERING)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.hamesh.agent.haproxy");

    @ArchTest
    static final ArchRule renderingAndPlanningTouchNothing = noClasses()
            .that()
            .resideInAPackage(RENDERING)
            .or()
            .haveFullyQualifiedName("io.hamesh.agent.haproxy.RuntimePlan")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("java.net..", "java.io..", "java.nio.channels..", LOG, HAPROXY_CLIENT)
                            .and(not(type(URLEncoder.class))) // of text to text
                            .and(not(type(ByteArrayOutputStream.class)))); // of bytes to bytes
}
