package io.hamesh.testbed;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.hamesh.testbed", importOptions = ImportOption.DoNotIncludeTests.class)
class PackagesKnowTheirPlaceTest {
    @ArchTest
    static final ArchRule packagesHaveAnOrder =
            slices().matching("io.hamesh.testbed.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule partsDoNotKnowTheWhole = noClasses()
            .that()
            .resideInAnyPackage("..host..", "..road..", "..binaries..", "..image..", "..cluster..", "..evidence..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.hamesh.testbed", "io.hamesh.testbed.cli");
}
