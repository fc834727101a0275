package io.hamesh.agent.consul;

import io.hamesh.agent.log.Log;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;

/** Consul's HTTP API, as far as to ask and to wait for news. On {@link HttpURLConnection}, the JDK's lightest. */
public final class ConsulClient {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final int ERROR_TEXT = 300;

    private final URI base;
    private final Duration wait;
    private final ConsulLink link;

    /**
     * @param address base URL, http or https
     * @param wait how long Consul may hold a query that has no news
     * @throws IllegalArgumentException when the address is none
     */
    public ConsulClient(String address, Duration wait, Log log, InstantSource clock) {
        this.base = base(address);
        this.wait = wait;
        this.link = new ConsulLink(address, Backoff.QUICK, log, clock);
    }

    /**
     * Where to wait from for the next answer.
     *
     * @param index Consul's; 0 for an answer at once
     * @param losses how often the link had been lost before that index was asked for
     */
    record Position(long index, int losses) {
        static final Position START = new Position(0, 0);
    }

    /** An answer and where it stands. */
    record Answer<T>(T value, Position position) {}

    /**
     * Asks, and unless {@code from} is the start waits for news since.
     *
     * @param from position of the answer before, or the start for an answer at once
     * @param patience how long the answer may take, on top of the time that Consul was asked to wait
     * @throws ConsulException.Outdated when the link was lost since that answer: begin at the start
     */
    <T> Answer<T> get(ConsulQuery<T> query, Position from, Duration patience)
            throws ConsulException, InterruptedException {
        HttpURLConnection connection = open(url(query, from.index()), from.index(), patience);
        link.connectAfterPause(connection);
        int losses = link.losses();
        if (from.index() > 0 && from.losses() != losses) {
            connection.disconnect();
            throw new ConsulException.Outdated();
        }
        try {
            return answer(query, losses, connection);
        } catch (ConnectException | UnknownHostException | NoRouteToHostException e) {
            // The connection was an old one, and a new one did not come about.
            throw link.lost(e);
        } catch (IOException e) {
            connection.disconnect();
            throw new ConsulException.Broken(ConsulLink.reason(e), e);
        }
    }

    private static <T> Answer<T> answer(ConsulQuery<T> query, int losses, HttpURLConnection connection)
            throws IOException, ConsulException {
        int status = connection.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK) {
            throw new ConsulException.Refused(status, "HTTP " + status + ": " + errorText(connection));
        }
        long index = connection.getHeaderFieldLong("X-Consul-Index", -1);
        try (InputStream in = connection.getInputStream()) {
            if (index < 0) {
                throw new IOException("the answer has no X-Consul-Index: is this Consul?");
            }
            T value = query.decoder().decode(in);
            // Read to its very end, the connection can be used again.
            in.transferTo(OutputStream.nullOutputStream());
            // Index 0 as a wait index would make Consul answer at once, for ever.
            return new Answer<>(value, new Position(Math.max(1, index), losses));
        }
    }

    private HttpURLConnection open(URL url, long index, Duration patience) {
        try {
            HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
            // Consul itself adds up to a sixteenth, so that not all queries end together.
            Duration held = index > 0 ? wait.plus(wait.dividedBy(16)) : Duration.ZERO;
            connection.setReadTimeout((int) held.plus(patience).toMillis());
            connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
            connection.setInstanceFollowRedirects(false);
            connection.setRequestProperty("User-Agent", "hamesh-agent");
            return connection;
        } catch (IOException e) {
            throw new IllegalStateException("opening a connection object does not touch the network", e);
        }
    }

    private URL url(ConsulQuery<?> query, long index) {
        String blocking = index > 0 ? (query.path().contains("?") ? "&" : "?") + waitParameters(index) : "";
        try {
            return URI.create(base + query.path() + blocking).toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("the base address was checked", e);
        }
    }

    private String waitParameters(long index) {
        return "index=" + index + "&wait=" + wait.toMillis() + "ms";
    }

    private static String errorText(HttpURLConnection connection) throws IOException {
        try (InputStream in = connection.getErrorStream()) {
            if (in == null) {
                return "no text";
            }
            String text = new String(in.readNBytes(ERROR_TEXT), StandardCharsets.UTF_8).strip();
            in.transferTo(OutputStream.nullOutputStream());
            return text;
        }
    }

    private static URI base(String address) {
        String bare = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
        URI uri = URI.create(bare);
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException("\"" + address + "\": expected a URL, for example http://consul:8500");
        }
        return uri;
    }
}
