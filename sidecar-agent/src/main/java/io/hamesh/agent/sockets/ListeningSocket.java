package io.hamesh.agent.sockets;

/**
 * A TCP socket that takes connections.
 *
 * @param loopback whether only this pod reaches it
 * @param uid whose it is
 */
record ListeningSocket(int port, boolean loopback, int uid) {}
