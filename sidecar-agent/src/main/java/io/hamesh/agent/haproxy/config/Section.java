package io.hamesh.agent.haproxy.config;

/**
 * One of HAProxy's sections ({@code global}, {@code defaults}, {@code frontend}, {@code backend}), or a few that belong
 * together.
 */
interface Section {
    void write(Lines out);
}
