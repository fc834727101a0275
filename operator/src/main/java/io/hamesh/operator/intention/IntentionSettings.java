package io.hamesh.operator.intention;

/**
 * The installation's settings for intentions.
 *
 * @param cluster marks what is ours in Consul
 * @param releaseNamespace the only one whose intentions may have the destination {@code *}
 */
public record IntentionSettings(String cluster, String releaseNamespace, DefaultPolicy defaultPolicy) {
    /** The value {@code intentions.default}. */
    public enum DefaultPolicy {
        /** A {@code * -> *} allow entry in Consul. */
        ALLOW,
        /** No entry: sidecars deny where none matches. */
        DENY,
        /** As deny, without a warning where Consul's own default says something else. */
        NONE
    }
}
