package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Load.Outcome;
import java.util.List;

/** One way from the caller to the applications: a proxy beside the caller, and one beside each application. */
interface Candidate {
    String name();

    /** Its version and what is particular about its configuration, in one line for people. */
    String described();

    /** Where the caller reaches the application of that protocol: an address in the caller's pod. */
    String address(Protocol protocol);

    /** The ids of the processes that carry the traffic of that protocol, at both ends. */
    List<Long> proxies(Protocol protocol);

    /** The outcome as the table shows it for this candidate. */
    default Outcome told(Outcome outcome) {
        return outcome;
    }
}
