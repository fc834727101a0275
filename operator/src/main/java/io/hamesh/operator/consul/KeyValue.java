package io.hamesh.operator.consul;

/**
 * One key of Consul's key-value store.
 *
 * @param modifyIndex what a compare-and-set names; 0 for a key that does not exist yet
 */
public record KeyValue(String key, String value, long modifyIndex) {}
