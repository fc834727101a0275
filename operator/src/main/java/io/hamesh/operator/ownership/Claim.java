package io.hamesh.operator.ownership;

import io.hamesh.model.ServiceName;
import io.hamesh.operator.consul.KeyValue;
import io.hamesh.operator.consul.TxnOperation;
import io.hamesh.operator.consul.TxnOperation.CheckKey;
import java.util.Optional;

/**
 * A name's key in Consul.
 *
 * @param holder empty where there is no key, or one that makes no sense and may be written over
 * @param modifyIndex 0 where there is no key
 */
record Claim(String service, Optional<Holder> holder, long modifyIndex) {
    static Claim none(String service) {
        return new Claim(service, Optional.empty(), 0);
    }

    /** Empty for a key that is no service's: a claim's key is the prefix and a name. */
    static Optional<Claim> of(KeyValue pair) {
        return Optional.of(pair.key())
                .filter(key -> key.startsWith(Ownership.KEY_PREFIX))
                .map(key -> key.substring(Ownership.KEY_PREFIX.length()))
                .filter(ServiceName::isValid)
                .map(service -> new Claim(service, Holder.read(pair.value()), pair.modifyIndex()));
    }

    static String key(String service) {
        return Ownership.KEY_PREFIX + service;
    }

    /** The same key as {@code next} would have it. */
    KeyValue written(Holder next) {
        return new KeyValue(key(service), next.json(), modifyIndex);
    }

    KeyValue pair() {
        return new KeyValue(key(service), "", modifyIndex);
    }

    TxnOperation unchanged() {
        return new CheckKey(key(service), modifyIndex);
    }
}
