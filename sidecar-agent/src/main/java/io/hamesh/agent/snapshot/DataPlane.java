package io.hamesh.agent.snapshot;

/** What runs the traffic. */
public interface DataPlane {
    /**
     * Makes the data plane run {@code wanted}; when this returns, it does. Called by one thread at a time.
     *
     * @throws DataPlaneException when it does not run it; the newest snapshot should then be applied again
     */
    void apply(MeshSnapshot wanted) throws DataPlaneException, InterruptedException;
}
