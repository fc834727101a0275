package io.hamesh.testbed.cluster;

/** The native cluster's networks. All exist in its own network namespace; the host has one device and two routes. */
final class Addresses {
    static final String HOST = "10.41.0.1";
    static final String NODE_ON_VETH = "10.41.0.2";
    static final String VETH_PREFIX = "/30";
    static final String NODE = "10.42.255.1";
    static final String PODS = "10.42.0.0/16";
    static final String PODS_OF_NODE = "10.42.0.0/24";
    static final String SERVICES = "10.43.0.0/16";
    static final String API_SERVICE = "10.43.0.1";
    static final String DNS_SERVICE = "10.43.0.10";
    static final int API_PORT = 6443;
    static final String NODE_NAME = "node0";
    static final String HOST_DEVICE = "hamesh0";
    static final String NODE_DEVICE = "hamesh1";

    private Addresses() {}

    static String apiFromHost() {
        return "https://" + NODE_ON_VETH + ":" + API_PORT;
    }

    static String apiFromNode() {
        return "https://127.0.0.1:" + API_PORT;
    }
}
