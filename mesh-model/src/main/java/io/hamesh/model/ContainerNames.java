package io.hamesh.model;

/** The injected containers and what they share. */
public final class ContainerNames {
    public static final String AGENT = "hamesh-agent";
    public static final String HAPROXY = "hamesh-haproxy";

    /** Names that only injection may give. */
    public static final String RESERVED_PREFIX = "hamesh-";

    /** The in-memory volume of both, and where it is mounted. */
    public static final String VOLUME = "hamesh";

    public static final String VOLUME_PATH = "/run/hamesh";

    /** User and group of both containers. */
    public static final long UID = 5995;

    private ContainerNames() {}
}
