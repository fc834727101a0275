package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.ConsulApi.Leaf;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A static Envoy's configuration, in pieces.
 *
 * @param roots the CA's certificates, in PEM
 * @param inbound the port for calls of the mesh
 */
record LeanConfiguration(String roots, int inbound) {
    /** What precedes {@link #whole} where the Envoy is to tell of itself. */
    static String admin(String ip, int port) {
        return "admin: {address: {socket_address: {address: %s, port_value: %d}}}\n".formatted(ip, port);
    }

    static String whole(CharSequence listeners, CharSequence clusters) {
        return "static_resources:\n  listeners:\n" + listeners + "  clusters:\n" + clusters;
    }

    static String outbound(Protocol protocol, String name, int port) {
        return """
                - name: %1$s
                  address: {socket_address: {address: 127.0.0.1, port_value: %2$d}}
                  filter_chains:
                  - filters:
                %3$s""".formatted(name, port, lastFilter(protocol, name, "").indent(4))
                .indent(2);
    }

    String called(Protocol protocol, Leaf leaf, Leaf source) {
        String listener = """
                - name: inbound
                  address: {socket_address: {address: 0.0.0.0, port_value: %d}}
                  filter_chains:
                  - transport_socket:
                      name: envoy.transport_sockets.tls
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                        require_client_certificate: true
                        common_tls_context:
                %s    filters:
                %s""".formatted(
                        inbound,
                        tls(leaf, "").indent(10),
                        inboundFilters(protocol, source.uri()).indent(4))
                .indent(2);
        String cluster = """
                - name: app
                  type: STATIC
                %s  load_assignment:
                    cluster_name: app
                    endpoints:
                    - lb_endpoints:
                      - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
                """.formatted(http2Where(protocol), protocol.appPort()).indent(2);
        return whole(listener, cluster);
    }

    private static String inboundFilters(Protocol protocol, String source) {
        String rules = """
                rules:
                  action: ALLOW
                  policies:
                    source:
                      permissions: [{any: true}]
                      principals: [{authenticated: {principal_name: {exact: "%s"}}}]
                """.formatted(source);
        if (protocol == Protocol.TCP) {
            return """
                    - name: envoy.filters.network.rbac
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC
                        stat_prefix: rbac
                    %s%s""".formatted(rules.indent(4), lastFilter(protocol, "app", ""));
        }
        return lastFilter(protocol, "app", """
                - name: envoy.filters.http.rbac
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
                %s""".formatted(rules.indent(4)));
    }

    private static String lastFilter(Protocol protocol, String cluster, String httpFilters) {
        if (protocol == Protocol.TCP) {
            return """
                    - name: envoy.filters.network.tcp_proxy
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                        stat_prefix: tcp
                        cluster: %s
                    """.formatted(cluster);
        }
        return """
                - name: envoy.filters.network.http_connection_manager
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                    stat_prefix: http
                    route_config:
                      virtual_hosts:
                      - name: all
                        domains: ["*"]
                        routes: [{match: {prefix: "/"}, route: {cluster: %s}}]
                    http_filters:
                %s    - name: envoy.filters.http.router
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                """.formatted(cluster, httpFilters.isEmpty() ? "" : httpFilters.indent(4));
    }

    /** @param endpoint for example {@code 10.0.0.1:23000} */
    String upstream(Protocol protocol, String name, String endpoint, Leaf own, String identity) {
        String ip = endpoint.substring(0, endpoint.lastIndexOf(':'));
        int port = Integer.parseInt(endpoint.substring(ip.length() + 1));
        String match = """
                match_typed_subject_alt_names:
                - san_type: URI
                  matcher: {exact: "%s"}
                """.formatted(identity);
        return """
                - name: %s
                  type: STATIC
                %s  load_assignment:
                    cluster_name: %s
                    endpoints:
                    - lb_endpoints:
                      - endpoint: {address: {socket_address: {address: %s, port_value: %d}}}
                  transport_socket:
                    name: envoy.transport_sockets.tls
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                      common_tls_context:
                %s""".formatted(
                name, http2Where(protocol), name, ip, port, tls(own, match).indent(8)).indent(2);
    }

    private static String http2Where(Protocol protocol) {
        if (protocol == Protocol.HTTP || protocol == Protocol.TCP) {
            return "";
        }
        return """
                  typed_extension_protocol_options:
                    envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                      "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                      explicit_http_config: {http2_protocol_options: {}}
                """;
    }

    private String tls(Leaf leaf, String match) {
        return """
                tls_params: {tls_minimum_protocol_version: TLSv1_3, tls_maximum_protocol_version: TLSv1_3}
                tls_certificates:
                - certificate_chain: {inline_string: "%s"}
                  private_key: {inline_string: "%s"}
                validation_context:
                  trusted_ca: {inline_string: "%s"}
                %s""".formatted(
                        oneLine(leaf.certificate()),
                        oneLine(leaf.key()),
                        oneLine(roots),
                        match.isEmpty() ? "" : match.indent(2));
    }

    private static String oneLine(String pem) {
        return Arrays.stream(pem.split("\n", -1)).collect(Collectors.joining("\\n"));
    }
}
