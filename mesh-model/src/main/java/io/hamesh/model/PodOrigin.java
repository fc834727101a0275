package io.hamesh.model;

/**
 * Which pod injection was for, kept among the settings of its sidecars: a copy for debugging, as {@code kubectl debug
 * --copy-to} makes, carries them and is another pod.
 */
public final class PodOrigin {
    /** In the agent's environment; read by the operator alone. A pod that an earlier release injected has none. */
    public static final String VARIABLE = "hamesh.injected-as";

    private static final String ANY = "*";

    private PodOrigin() {}

    /**
     * The pod's name, or where Kubernetes makes one up, what it begins with: admission comes before that.
     *
     * @param generateName empty where there is none
     * @param name of no matter where {@code generateName} is set
     */
    public static String of(String generateName, String name) {
        return generateName.isEmpty() ? name : generateName + ANY;
    }

    /** Whether Kubernetes may have made up that name for a pod of that origin. */
    public static boolean mayBeOf(String origin, String name) {
        return origin.endsWith(ANY) && name.startsWith(origin.substring(0, origin.length() - ANY.length()));
    }
}
