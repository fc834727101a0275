package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

/** The operator's Deployment, taken away for a while and always brought back. */
record Operator(Kubectl kubectl) implements AutoCloseable {
    private static final String DEPLOYMENT = "deployment/hamesh-operator";

    static Operator of(Scene scene) {
        return new Operator(scene.release());
    }

    void stop() {
        kubectl.run("scale", DEPLOYMENT, "--replicas=0").expectSuccess();
        Eventually.that("the operator to be gone", () -> assertThat(pods()).isEmpty());
    }

    @Override
    public void close() {
        kubectl.run("scale", DEPLOYMENT, "--replicas=2").expectSuccess();
        kubectl.run("rollout", "status", DEPLOYMENT, "--timeout=90s").expectSuccess();
    }

    private String pods() {
        return kubectl.run("get", "pods", "-o", "name")
                .expectSuccess()
                .lines()
                .filter(name -> name.contains("hamesh-operator"))
                .findAny()
                .orElse("");
    }
}
