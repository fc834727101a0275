package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.Steps;

/** The row about how long a sidecar takes to start. The started Envoys and the built-in proxy are other processes after it. */
record Starts(Plan plan, Stage stage, Results results, Steps steps) {
    static final String TITLE = "start, from the sidecar's processes to the first answer";

    void measure() {
        if (!plan.asksFor(TITLE)) {
            return;
        }
        stage.meshes()
                .forEach(mesh -> steps.step("start of %s, %d times".formatted(mesh.name(), plan.starts()), progress -> {
                    for (int i = 0; i < plan.starts(); i++) {
                        results.add(
                                TITLE, "seconds", "≤ 0.35 s", mesh.name(), mesh.secondsToFirstAnswer(stage.programs()));
                    }
                    return true;
                }));
    }
}
