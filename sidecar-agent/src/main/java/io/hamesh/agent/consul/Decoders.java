package io.hamesh.agent.consul;

import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Roots;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.Protocol;
import io.hamesh.model.SpiffeId;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From Consul's JSON to what the snapshot holds. */
final class Decoders {
    private Decoders() {}

    static Leaf leaf(InputStream in, String service) throws IOException {
        Json leaf = Json.read(in);
        String uri = leaf.get("ServiceURI").requiredText("ServiceURI");
        SpiffeId identity = SpiffeId.parse(uri)
                .filter(id -> id.service().equals(service))
                .orElseThrow(() -> new IOException("the leaf is for " + uri + ", not for service " + service));
        return new Leaf(
                identity,
                leaf.get("CertPEM").requiredText("CertPEM"),
                leaf.get("PrivateKeyPEM").requiredText("PrivateKeyPEM"),
                instant(leaf.get("ValidBefore").requiredText("ValidBefore")));
    }

    static Roots roots(InputStream in) throws IOException {
        Json answer = Json.read(in);
        List<String> certificates = new ArrayList<>();
        for (Json root : answer.get("Roots").elements()) {
            certificates.add(root.get("RootCert").requiredText("RootCert"));
        }
        if (certificates.isEmpty()) {
            throw new IOException("Consul lists no CA root: is connect enabled on its servers?");
        }
        String trustDomain = answer.get("TrustDomain").requiredText("TrustDomain");
        if (SpiffeId.parse(SpiffeId.of(trustDomain, "dc", "service").uri()).isEmpty()) {
            throw new IOException("not a trust domain: " + trustDomain);
        }
        return new Roots(trustDomain, certificates);
    }

    static List<Intention> intentions(InputStream in, String service) throws IOException {
        return Json.read(in).get(service).elements().stream()
                .map(Decoders::intention)
                .toList();
    }

    private static Intention intention(Json json) {
        return new Intention(
                json.get("SourceName").text(),
                json.get("SourceNS").text(),
                json.get("SourcePartition").text(),
                json.get("SourcePeer").text(),
                json.get("SourceSamenessGroup").text(),
                json.get("Action").text(),
                !json.get("Permissions").isEmpty(),
                !json.get("JWT").isEmpty(),
                json.get("Precedence").number());
    }

    static DiscoveryChain discoveryChain(InputStream in) throws IOException {
        Json chain = Json.read(in).get("Chain");
        String named = chain.get("Protocol").requiredText("Chain.Protocol");
        return new DiscoveryChain(
                Protocol.of(named).orElse(Protocol.TCP),
                named,
                chain.get("Default").isTrue(),
                redirect(chain));
    }

    /** Consul's compiler has followed a redirect already: a chain that begins at a resolver has its target there. */
    private static Optional<String> redirect(Json chain) {
        String target = chain.get("Nodes")
                .get(chain.get("StartNode").text())
                .get("Resolver")
                .get("Target")
                .text();
        Json to = chain.get("Targets").get(target);
        String service = to.get("Service").text();
        String datacenter = to.get("Datacenter").text();
        if (service.isEmpty()) {
            return Optional.empty();
        }
        boolean abroad = !datacenter.equals(chain.get("Datacenter").text());
        if (service.equals(chain.get("ServiceName").text()) && !abroad) {
            return Optional.empty();
        }
        return Optional.of(word(service) + (abroad ? " in datacenter " + word(datacenter) : ""));
    }

    /** Becomes part of an answer and of HAProxy's configuration. */
    private static String word(String name) {
        return name.matches("[A-Za-z0-9._-]{1,255}") ? name : "another";
    }

    static List<Endpoint> endpoints(InputStream in) throws IOException {
        List<Endpoint> endpoints = new ArrayList<>();
        Json.forEach(in, entry -> {
            Json service = entry.get("Service");
            String own = service.get("Address").text();
            String address = own.isEmpty() ? entry.get("Node").get("Address").text() : own;
            int port = service.get("Port").number();
            // A name cannot be a server without a resolver: one odd registration must not hold up all the others.
            if (Endpoint.isAddress(address) && MeshPorts.isValid(port)) {
                endpoints.add(new Endpoint(address, port));
            }
        });
        return endpoints.stream().distinct().sorted().toList();
    }

    private static Instant instant(String text) throws IOException {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IOException("not a time: " + text, e);
        }
    }
}
