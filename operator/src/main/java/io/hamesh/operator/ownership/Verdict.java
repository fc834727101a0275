package io.hamesh.operator.ownership;

import io.hamesh.operator.consul.TxnOperation;
import java.util.List;

/** Whether a namespace may be a service. */
public sealed interface Verdict {
    /**
     * The name is the namespace's.
     *
     * @param conditions to be part of the transaction that acts on it: they hold as long as this verdict does
     */
    record Owner(List<TxnOperation> conditions) implements Verdict {
        public Owner {
            conditions = List.copyOf(conditions);
        }
    }

    /** Somebody else has the name. */
    record Refused(NotOwner why) implements Verdict {}
}
