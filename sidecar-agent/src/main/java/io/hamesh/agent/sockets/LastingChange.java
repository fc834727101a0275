package io.hamesh.agent.sockets;

/**
 * Tells a change that lasts, as when somebody begins to listen, from one that a connection makes which comes and goes: a
 * probe of the kubelet's would else cost two looks. Where the counts never rest, it does not wait for them to.
 */
final class LastingChange {
    private static final int RESTLESS = 3;

    private long looked = -1;
    private long before = -1;
    private int restless;

    /** Whether {@code counts}, read anew, are others than at the last look, and it is worth another. */
    boolean isSeen(long counts) {
        boolean rests = counts == before;
        restless = rests ? 0 : restless + 1;
        before = counts;
        return counts != looked && (rests || restless >= RESTLESS);
    }

    /** A look was taken at these counts. */
    void looked(long counts) {
        looked = counts;
        restless = 0;
    }
}
