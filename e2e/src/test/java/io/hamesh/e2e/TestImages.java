package io.hamesh.e2e;

/** The images of test applications: those of the demo, which each platform has. */
final class TestImages {
    static final String NODE = System.getProperty("hamesh.e2e.node-image", "hamesh/demo-www:0.1.0");
    static final String REDIS = System.getProperty("hamesh.e2e.redis-image", "docker.io/library/redis:8.0");

    private TestImages() {}
}
