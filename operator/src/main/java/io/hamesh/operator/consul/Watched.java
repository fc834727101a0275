package io.hamesh.operator.consul;

/**
 * The answer to a blocking query.
 *
 * @param index Consul's own, to wait beyond; one lower than before is another Consul's, or a restored one's
 */
public record Watched<T>(T value, long index) {}
