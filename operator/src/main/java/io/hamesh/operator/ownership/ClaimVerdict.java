package io.hamesh.operator.ownership;

import io.hamesh.operator.consul.TxnOperation;
import java.util.List;

/** What became of a claim to a service name: whether the namespace that claims it has it. */
public sealed interface ClaimVerdict {
    /**
     * The name is the namespace's.
     *
     * @param conditions to be part of the transaction that acts on it: they hold as long as this verdict does
     */
    record Owner(List<TxnOperation> conditions) implements ClaimVerdict {
        public Owner {
            conditions = List.copyOf(conditions);
        }
    }

    /** Somebody else has the name. */
    record Refused(NotOwner why) implements ClaimVerdict {}
}
