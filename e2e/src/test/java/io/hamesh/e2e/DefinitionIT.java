package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.testbed.host.Checkout;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Helm upgrades the operator, and leaves the definition of its objects as it was. */
@EndToEnd
@Isolated("operators start anew meanwhile")
class DefinitionIT {
    private static final String DEFINITION = "serviceintentions.hamesh.io";
    private static final String OLDER = "[{\"op\": \"replace\", \"value\": \"of an older version\", \"path\":"
            + " \"/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/destination/description\"}]";

    @Test
    void operatorTellsOfADefinitionThatIsNotItsOwn(Scene scene) {
        Operator operator = Operator.of(scene);
        assertThat(toldBy(scene, operator)).as("the control").isFalse();
        try {
            scene.release()
                    .run("patch", "customresourcedefinition", DEFINITION, "--type=json", "-p", OLDER)
                    .expectSuccess();
            operator.restart();
            Eventually.that("the new leader to tell", () -> assertThat(toldBy(scene, operator))
                    .isTrue());
            Eventually.that("an Event to say it too", () -> assertThat(scene.release()
                            .run("events", "--for=deployment/hamesh-operator", "--types=Warning")
                            .expectSuccess())
                    .contains("DefinitionDiffers", command()));
        } finally {
            String folder = Checkout.find(Map.of(), Path.of(""))
                    .at("charts/hamesh/crds")
                    .toString();
            scene.release()
                    .run("apply", "--server-side", "--force-conflicts", "-f", folder)
                    .expectSuccess();
        }
        operator.restart();
        Eventually.that(
                "the next one to lead", () -> assertThat(log(scene, operator)).contains("registration started"));
        assertThat(toldBy(scene, operator)).as("after what it told to run").isFalse();
    }

    private static boolean toldBy(Scene scene, Operator operator) {
        return log(scene, operator).contains(command());
    }

    private static String log(Scene scene, Operator operator) {
        return scene.release()
                .run("logs", operator.leader(), "-c", Operator.CONTAINER)
                .out();
    }

    private static String command() {
        return "kubectl apply --server-side --force-conflicts -f charts/hamesh/crds/";
    }
}
