package io.hamesh.operator.openports;

/** A pod that may be asked for its open ports; as text it is {@code namespace/name}. */
public interface AskedPod {
    PodPorts ports();
}
