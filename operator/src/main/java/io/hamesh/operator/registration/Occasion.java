package io.hamesh.operator.registration;

/** Why the catalog is compared with the pods; the later in this order, the less Consul is believed. */
enum Occasion {
    /** A minute has passed. */
    TIME,

    /** Somebody wrote to the catalog, perhaps we ourselves. */
    CHANGED,

    /**
     * The first look, or the first after Consul was away, or its index went backwards: it may have lost its data, or have
     * been restored from an older snapshot, and what differs now is nobody's doing.
     */
    BACK
}
