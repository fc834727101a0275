package io.hamesh.operator.intention;

import java.util.List;

/** What became of an intention when it was compared with Consul's entry. */
sealed interface Outcome {
    /** Consul holds it. */
    record InSync(Change change) implements Outcome {}

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
    record Invalid(List<String> problems) implements Outcome {}

    /** Another, older intention has the same destination. */
    record Conflict(String message) implements Outcome {}

    /** The destination is another namespace's service; what Consul held of this intention is gone. */
    record NotOwned(String message) implements Outcome {}

    /** Consul holds an entry of somebody else's, which is enforced and left alone. */
    record OwnedByOther(String message) implements Outcome {}

    /** Consul said no. */
    record ConsulRefused(String words) implements Outcome {}

    /** Consul cannot be asked now. */
    record ConsulUnavailable(String words) implements Outcome {}
}
