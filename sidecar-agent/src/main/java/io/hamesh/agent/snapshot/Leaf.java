package io.hamesh.agent.snapshot;

import io.hamesh.model.SpiffeId;
import java.time.Instant;

/**
 * The pod's own certificate and its key.
 *
 * @param certificatePem the certificate and whatever intermediates Consul sent with it
 * @param validBefore the end of its life
 */
public record Leaf(SpiffeId identity, String certificatePem, String privateKeyPem, Instant validBefore) {
    /** Without the key: a record may be logged. */
    @Override
    public String toString() {
        return "Leaf[" + identity.uri() + ", valid before " + validBefore + "]";
    }
}
