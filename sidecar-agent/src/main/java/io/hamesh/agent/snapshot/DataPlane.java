package io.hamesh.agent.snapshot;

/** What runs the traffic. */
public interface DataPlane {
    /**
     * Makes the data plane run {@code wanted}; when this returns, it does. Called by one thread at a time.
     *
     * @throws DataPlaneException when it does not run it; the newest snapshot should then be applied again
     */
    void apply(MeshSnapshot wanted) throws DataPlaneException, InterruptedException;

    /**
     * Has the data plane tell {@code newest} to whoever asks, from now on and after each start of it. Called by the same
     * thread as {@link #apply}.
     *
     * @throws DataPlaneException when it may still tell what it told before; publish it again
     */
    void publish(AgentStatus newest) throws DataPlaneException;

    /**
     * Takes account of what changes in the data plane by itself. Called every few seconds by the same thread as
     * {@link #apply}.
     */
    default void refresh() {}

    /** How often applying took a reload so far. */
    long reloads();

    /** How many connections were refused so far because a port was full, or their source had its share. */
    default long refusedConnections() {
        return 0;
    }
}
