package io.hamesh.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.hamesh", importOptions = DoNotIncludeTests.class)
class ModelDependenciesTest {
    @ArchTest
    static final ArchRule modelDependsOnTheJdkAlone = classes()
            .that()
            .resideInAPackage("io.hamesh.model..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "io.hamesh.model..");

    @ArchTest
    static final ArchRule haproxyClientKnowsNothingOfTheMesh = classes()
            .that()
            .resideInAPackage("io.hamesh.haproxy..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "io.hamesh.haproxy..");
}
