package io.hamesh.benchmarks.dataplane;

/**
 * A PUT to Consul's API.
 *
 * @param body as JSON
 */
record Write(String path, Object body) {}
