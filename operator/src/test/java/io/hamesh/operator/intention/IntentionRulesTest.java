package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntentionRulesTest {
    @Test
    void rightSpecHasNoProblem() {
        assertThat(problems("""
                {destination: {name: redis}, sources: [
                  {name: www, action: allow, description: counts visits}, {name: vm.legacy_app, action: deny},
                  {name: "*", action: deny}]}""")).isEmpty();
    }

    @Test
    void intentionWithoutSourceIsToldWhatASourceLooksLike() {
        assertThat(problems("{destination: {name: redis}, sources: []}"))
                .containsExactly("spec.sources: at least one source is needed, for example {name: www, action: allow}");
    }

    @Test
    void sourceWithActionAndPermissionsIsToldToRemoveOne() {
        assertThat(problems("""
                {destination: {name: redis}, sources: [{name: www, action: allow,
                  permissions: [{action: allow, http: {pathExact: /}}]}]}"""))
                .containsExactly(
                        "spec.sources[0]: action and permissions exclude each other: remove permissions and keep"
                                + " action");
    }

    @Test
    void permissionsAreRefusedUntilTheyAreEnforced() {
        assertThat(problems("""
                {destination: {name: redis}, sources: [{name: www,
                  permissions: [{action: allow, http: {pathExact: /}}]}]}"""))
                .containsExactly(
                        "spec.sources[0].permissions: are not enforced by the sidecars yet, so they are not accepted:"
                                + " use action: allow or action: deny");
    }

    @Test
    void sourceWithNeitherIsToldToTakeAnAction() {
        assertThat(problems("{destination: {name: redis}, sources: [{name: www}]}"))
                .containsExactly("spec.sources[0].action: is missing: use allow or deny");
    }

    @Test
    void duplicateSourceNamesTheFirstOne() {
        assertThat(problems("""
                {destination: {name: redis}, sources: [{name: www, action: allow}, {name: api, action: allow},
                  {name: www, action: deny}]}"""))
                .containsExactly("spec.sources[2].name: \"www\" is already in spec.sources[0]: keep one of them");
    }

    @Test
    void namesThatNoServiceCanHaveAreRefused() {
        assertThat(problems("{destination: {name: Redis}, sources: [{name: -www, action: allow}]}"))
                .satisfiesExactly(
                        destination -> assertThat(destination)
                                .startsWith("spec.destination.name: \"Redis\" is no service's name"),
                        source -> assertThat(source).startsWith("spec.sources[0].name: \"-www\" is no service's name"));
    }

    @Test
    void namesThatAreTooLongAreRefused() {
        String spec = "{destination: {name: %s}, sources: [{name: %s, action: allow}]}";

        assertThat(problems(spec.formatted("d".repeat(63), "s".repeat(128)))).isEmpty();
        assertThat(problems(spec.formatted("d".repeat(64), "s".repeat(129)))).hasSize(2);
    }

    @Test
    void descriptionIsCountedInBytesAsConsulDoes() {
        String spec = "{destination: {name: redis}, sources: [{name: www, action: allow, description: %s}]}";

        assertThat(problems(spec.formatted("é".repeat(256)))).isEmpty();
        assertThat(problems(spec.formatted("é".repeat(257))))
                .containsExactly("spec.sources[0].description: has 514 bytes: Consul takes at most 512");
    }

    @Test
    void everyServiceAsDestinationIsForTheReleaseNamespaceOnly() {
        ServiceIntention intention =
                Examples.intention("all", "{destination: {name: '*'}, sources: [{name: '*', action: deny}]}");

        assertThat(IntentionRules.problems(intention, "hamesh-system"))
                .containsExactly(
                        "spec.destination.name: \"*\" speaks for every service, which only namespace hamesh-system may"
                                + " do: name one service, or create this ServiceIntention there");
        assertThat(IntentionRules.problems(intention, "shop")).isEmpty();
    }

    @Test
    void allProblemsComeAtOnce() {
        assertThat(problems("{sources: [{action: allow}, {name: www}]}")).hasSize(3);
    }

    private static List<String> problems(String spec) {
        return IntentionRules.problems(Examples.intention("redis", spec), "hamesh-system");
    }
}
