package io.hamesh.model;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** What a probe asks of the application, on loopback. Each has a text form for the environment. */
public sealed interface ProbeTarget {
    /** The application's own port. */
    int port();

    /** The inverse of {@link #parse}: words, separated by single blanks. */
    String format();

    /**
     * A GET.
     *
     * @param tls whether the application speaks TLS there; its certificate is not looked at, as the kubelet does not
     * @param path with its query, as it is sent
     * @param headers names in lower case of those that the probe itself sets, apart from what every probe has
     */
    record Http(boolean tls, int port, String path, List<String> headers) implements ProbeTarget {
        /** Nothing that a URI cannot hold, no fragment, and no {@code $}, which the kubelet would expand in a variable. */
        public static final String NO_PATH_CHARACTER = "[^A-Za-z0-9._~!&'()*+,;=:@/%?-]";

        private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._~!&'()*+,;=:@/%?-]*");
        private static final Pattern HEADER = Pattern.compile("[a-z0-9-]+");

        public Http {
            headers = List.copyOf(headers);
            checkPort(port);
            if (!PATH.matcher(path).matches()) {
                throw new IllegalArgumentException("path \"" + path + "\": expected an encoded path");
            }
            headers.stream().filter(name -> !HEADER.matcher(name).matches()).forEach(name -> {
                throw new IllegalArgumentException("header \"" + name + "\": expected a name in lower case");
            });
        }

        @Override
        public String format() {
            String base = (tls ? "https " : "http ") + port + " " + path;
            return headers.isEmpty() ? base : base + " " + String.join(",", headers);
        }
    }

    /** A connect. */
    record Tcp(int port) implements ProbeTarget {
        public Tcp {
            checkPort(port);
        }

        @Override
        public String format() {
            return "tcp " + port;
        }
    }

    /**
     * A call of {@code grpc.health.v1.Health/Check}.
     *
     * @param listen the port on which HAProxy takes it
     * @param service what the call asks about; may be empty
     */
    record Grpc(int port, int listen, String service) implements ProbeTarget {
        public Grpc {
            checkPort(port);
            if (!MeshPorts.isGrpcProbe(listen)) {
                throw new IllegalArgumentException("port " + listen + ": expected one for gRPC probes");
            }
        }

        @Override
        public String format() {
            String base = "grpc " + port + " " + listen;
            return service.isEmpty() ? base : base + " " + URLEncoder.encode(service, StandardCharsets.UTF_8);
        }
    }

    /**
     * The inverse of {@link #format}.
     *
     * @throws IllegalArgumentException where {@code text} is of no known form
     */
    static ProbeTarget parse(String text) {
        String[] words = text.split(" ", -1);
        return switch (words[0] + "/" + words.length) {
            case "http/3", "https/3" -> new Http(words[0].equals("https"), port(words[1]), words[2], List.of());
            case "http/4", "https/4" ->
                new Http(words[0].equals("https"), port(words[1]), words[2], List.of(words[3].split(",", -1)));
            case "tcp/2" -> new Tcp(port(words[1]));
            case "grpc/3" -> new Grpc(port(words[1]), port(words[2]), "");
            case "grpc/4" ->
                new Grpc(port(words[1]), port(words[2]), URLDecoder.decode(words[3], StandardCharsets.UTF_8));
            default ->
                throw new IllegalArgumentException("expected \"http PORT PATH\", \"tcp PORT\" or \"grpc PORT LISTEN\"");
        };
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("port \"" + text + "\": expected a number");
        }
        return Integer.parseInt(text);
    }

    private static void checkPort(int port) {
        if (!MeshPorts.isValid(port)) {
            throw new IllegalArgumentException("port " + port + ": expected 1 to 65535");
        }
    }
}
