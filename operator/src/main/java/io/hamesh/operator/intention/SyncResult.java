package io.hamesh.operator.intention;

import java.util.List;

/**
 * The result of one {@link IntentionSync#sync}: whether Consul has the intention and, if not, why. The records' names
 * are values of the label {@code outcome} of the metric {@code hamesh_intention_reconciles_seconds}.
 */
sealed interface SyncResult {
    /** Consul holds it. */
    record InSync(Change change) implements SyncResult {}

    /** What was written to Consul for that, and why. */
    enum Change {
        NONE,
        WRITTEN,
        /** Somebody had changed or removed what we wrote. */
        REPAIRED,
        /** It was somebody else's, and the adopt annotation says to take it. */
        ADOPTED
    }

    /** The spec is wrong; what Consul held before stays. */
    record Invalid(List<String> problems) implements SyncResult {}

    /** Another, older intention has the same destination. */
    record Conflict(String message) implements SyncResult {}

    /** The destination is another namespace's service; what Consul held of this intention is gone. */
    record NotOwned(String message) implements SyncResult {}

    /** Consul holds an entry of somebody else's, which is enforced and left alone. */
    record OwnedByOther(String message) implements SyncResult {}

    /** Consul said no. */
    record ConsulRefused(String words) implements SyncResult {}

    /** Consul cannot be asked now. */
    record ConsulUnavailable(String words) implements SyncResult {}
}
