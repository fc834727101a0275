package io.hamesh.benchmarks.dataplane;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hamesh.benchmarks.dataplane.Lab.Pods;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** What is called: the load program, in the pod of its protocol. It counts what reaches it. */
record Application(Pod pod, Protocol protocol, long process) {
    private static final int COUNTS = 9009;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Application start(Pods pods, Protocol protocol, Programs programs, Background background) {
        return start(pods.of(protocol), protocol, programs, background, List.of());
    }

    /** One whose answers name its pod. */
    static Application startNamed(Pod pod, Programs programs, Background background) {
        return start(pod, Protocol.HTTP, programs, background, List.of("-name=" + pod.name()));
    }

    private static Application start(
            Pod pod, Protocol protocol, Programs programs, Background background, List<String> more) {
        List<String> words = new ArrayList<>(List.of(
                programs.load().toString(),
                "serve",
                "-" + protocol.id() + "=0.0.0.0:" + protocol.appPort(),
                "-counts=0.0.0.0:" + COUNTS));
        words.addAll(more);
        return new Application(pod, protocol, background.start("app-" + pod.name(), pod.enter(words)));
    }

    /** Connections that came so far. */
    long connections() {
        try (InputStream said =
                URI.create("http://" + pod.ip() + ":" + COUNTS).toURL().openStream()) {
            return JSON.readTree(said).path(protocol.id()).path("connections").asLong();
        } catch (IOException e) {
            throw new UncheckedIOException("the application in pod " + pod.name() + " does not tell its counts", e);
        }
    }
}
