package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An intention that cannot mean anything is refused by {@code kubectl apply}: which field, and what would be right. */
@EndToEnd
class RefusedIntentionsIT {
    private static final String PERMISSION = "{action: allow, http: {pathPrefix: /}}";

    private static Scene scene;
    private static String destination;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        destination = scene.service("api");
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                argumentSet("no source", "sources: []", "spec.sources", "at least one source is needed"),
                argumentSet("sources left out", "", "spec.sources", "equired"),
                argumentSet(
                        "both action and permissions",
                        "sources: [{name: web, action: allow, permissions: [" + PERMISSION + "]}]",
                        "spec.sources[0]",
                        "exclude each other: keep action"),
                argumentSet(
                        "neither action nor permissions",
                        "sources: [{name: web}]",
                        "spec.sources[0]",
                        "needs an action: allow or deny"),
                argumentSet(
                        "unknown action",
                        "sources: [{name: web, action: permit}]",
                        "spec.sources[0].action",
                        "\"allow\", \"deny\""),
                argumentSet(
                        "misspelt field",
                        "sources: [{name: web, acton: allow}]",
                        "spec.sources[0].acton",
                        "unknown field"),
                argumentSet(
                        "a source twice",
                        "sources: [{name: web, action: allow}, {name: web, action: deny}]",
                        "spec.sources",
                        "merge the entries of the same name"),
                argumentSet(
                        "source name that cannot be one",
                        "sources: [{name: \"We b\", action: allow}]",
                        "spec.sources[0].name",
                        "lower-case letters"),
                argumentSet(
                        "permissions, which nothing enforces yet",
                        "sources: [{name: web, permissions: [" + PERMISSION + "]}]",
                        "spec.sources[0].permissions",
                        "use action: allow or action: deny"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void wrongIntentionIsRefusedWithFieldAndFix(String sources, String field, String fix) {
        Kubectl.Result result = scene.kubectl().apply(yaml(sources));
        assertThat(result.exitCode()).as(result.toString()).isNotZero();
        assertThat(result.err()).contains(field, fix);
    }

    @Test
    void rightIntentionIsTaken() {
        assertThat(scene.kubectl()
                        .apply(yaml("sources: [{name: web, action: allow}, {name: \"*\", action: deny}]"))
                        .expectSuccess())
                .contains("serviceintention");
        scene.kubectl().run("delete", "si", "api").expectSuccess();
    }

    private static String yaml(String sources) {
        return """
                apiVersion: hamesh.io/v1alpha1
                kind: ServiceIntention
                metadata:
                  name: api
                spec:
                  destination: {name: %s}
                  %s
                """.formatted(destination, sources);
    }
}
