package io.hamesh.operator.webhookproxy;

import io.hamesh.haproxy.CliSocket;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.work.Loop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the HAProxy in front of the webhook in step: files that it starts from, and what it runs with. One thread looks at
 * each change, and each second because HAProxy may have started anew. Whatever was not said yet stays as HAProxy has it, so
 * that an operator that just started takes nothing away.
 */
public final class WebhookProxy implements AutoCloseable {
    private static final String CERTIFICATE = "webhook.pem";
    private static final String AUTHORITIES = "webhook-ca.pem";
    private static final String KNOWN = "webhook-known.map";
    private static final String PLAIN_PATHS = "plain";
    private static final String SOCKET = "webhook.sock";
    private static final Logger LOG = LoggerFactory.getLogger(WebhookProxy.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;
    private final RunningHaproxy haproxy;
    private final Map<String, String> written = new HashMap<>();
    private final Loop loop;
    private volatile @Nullable Pem certificate;
    private volatile @Nullable Pem authorities;
    private volatile @Nullable Set<String> replicas;
    private volatile @Nullable Set<String> paths;
    private String problem = "";

    /**
     * Nothing happens before {@link #start}.
     *
     * @param folder shared with HAProxy, which knows it as {@code /run/hamesh}
     * @param operators the port on which each pod takes reviews from the HAProxies of others
     */
    public WebhookProxy(Path folder, int operators, Health health) {
        this.folder = folder;
        this.haproxy = new RunningHaproxy(new CliSocket(folder.resolve(SOCKET), PATIENCE), operators);
        this.loop = new Loop("webhook-proxy", SILENCE, this::look, health);
    }

    public WebhookProxy start() {
        loop.start();
        return this;
    }

    @Override
    public void close() {
        loop.close();
    }

    /** From now on each new connection meets this certificate; a PEM with its key. */
    public void serve(String certificateAndKey) {
        certificate = new Pem(certificateAndKey);
        loop.wake();
    }

    /** From now on operators are believed under these CAs and no others, this pod's own operator included. */
    public void trust(String caPem) {
        authorities = new Pem(caPem);
        loop.wake();
    }

    /** The addresses of the other replicas' pods. */
    public void replicas(Collection<String> addresses) {
        replicas = new TreeSet<>(addresses);
        loop.wake();
    }

    /**
     * What is asked under any other path is not read.
     *
     * @param hashes of the secret parts of the paths, SHA-256 in upper case
     * @param plain whether paths without such a part are answered, too
     */
    public void answer(Collection<String> hashes, boolean plain) {
        Set<String> answered = new TreeSet<>(hashes);
        if (plain) {
            answered.add(PLAIN_PATHS);
        }
        paths = answered;
        loop.wake();
    }

    private Duration look() {
        try {
            write();
            tell();
            said("");
        } catch (IOException | RuntimeException e) {
            said(e.toString());
        }
        return LOOK_EVERY;
    }

    /** The certificate last: HAProxy starts when all are there. */
    private void write() throws IOException {
        Pem nowTrusted = authorities;
        Pem nowServed = certificate;
        Set<String> nowKnown = known();
        write(AUTHORITIES, nowTrusted == null ? null : nowTrusted.text());
        write(KNOWN, nowKnown == null ? null : String.join(" 1\n", nowKnown) + " 1\n");
        write(CERTIFICATE, nowServed == null ? null : nowServed.text());
    }

    /** Paths and the addresses of the other replicas, once both were said. */
    private @Nullable Set<String> known() {
        Set<String> nowAnswered = paths;
        Set<String> nowThere = replicas;
        if (nowAnswered == null || nowThere == null) {
            return null;
        }
        Set<String> all = new TreeSet<>(nowAnswered);
        all.addAll(nowThere);
        return all;
    }

    private void write(String name, @Nullable String text) throws IOException {
        if (text == null || text.equals(written.get(name))) {
            return;
        }
        Path half = folder.resolve("." + name);
        Files.deleteIfExists(half);
        Files.createFile(half, OWNERS);
        Files.writeString(half, text);
        Files.move(half, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        written.put(name, text);
    }

    private void tell() throws IOException {
        Pem nowTrusted = authorities;
        Pem nowServed = certificate;
        Set<String> nowThere = replicas;
        Set<String> nowKnown = known();
        if (!Files.exists(folder.resolve(SOCKET))) {
            return; // it starts from the files
        }
        if (nowKnown != null) {
            haproxy.know(KNOWN, nowKnown);
        }
        if (nowTrusted != null) {
            haproxy.trust(AUTHORITIES, nowTrusted);
        }
        if (nowServed != null) {
            haproxy.serve(CERTIFICATE, nowServed);
        }
        if (nowThere != null) {
            haproxy.replicas(nowThere);
        }
    }

    private void said(String now) {
        if (!now.equals(problem)) {
            if (now.isEmpty()) {
                LOG.info("the HAProxy in front of the webhook is in step");
            } else {
                LOG.atWarn()
                        .addKeyValue("error", now)
                        .log("the HAProxy in front of the webhook cannot be told, trying again");
            }
        }
        problem = now;
    }
}
