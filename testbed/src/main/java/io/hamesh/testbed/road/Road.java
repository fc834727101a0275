package io.hamesh.testbed.road;

import java.nio.file.Path;

/** A way to a cluster. */
public sealed interface Road {
    /** A cluster that somebody else runs. */
    record Existing(Path kubeconfig) implements Road {}

    /** K3s in a container. */
    record Docker() implements Road {}

    /** A one-node cluster of plain processes. */
    record Native() implements Road {}

    /** None of them, and what would help. */
    record Blocked(String whatToDo) implements Road {}
}
