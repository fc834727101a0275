package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Consul's own rate limit, switched on as an administrator does: every write is refused, reads go on. Switched off again
 * whatever happens.
 */
final class ConsulLimits implements AutoCloseable {
    private static final String NAME = "hamesh-consul";
    private static final String FILE = "server.json";

    /** Of which no second has enough for one. */
    private static final Map<String, Object> NO_WRITES =
            Map.of("mode", "enforcing", "read_rate", -1, "write_rate", 0.001);

    /** Of what only the leader could do; what another server might, it refuses by 429. */
    private static final int REFUSED = 503;

    private final Scene scene;
    private final String unlimited;

    private ConsulLimits(Scene scene) {
        this.scene = scene;
        this.unlimited = Objects.requireNonNull(scene.client()
                .configMaps()
                .inNamespace(Scene.RELEASE)
                .withName(NAME)
                .require()
                .getData()
                .get(FILE));
    }

    static ConsulLimits refusingWrites(Scene scene) {
        ConsulLimits limits = new ConsulLimits(scene);
        ObjectNode limited = (ObjectNode) Json.tree(limits.unlimited);
        try {
            limited.withObject("/limits").set("request_limits", Json.tree(Json.write(NO_WRITES)));
            limits.load(limited.toString(), REFUSED);
        } catch (AssertionError | RuntimeException e) {
            limits.close();
            throw e;
        }
        return limits;
    }

    /**
     * Returns once Consul takes writes again.
     *
     * @return since when it does at the latest, by {@link System#nanoTime}
     */
    long lift() {
        return load(unlimited, 200);
    }

    @Override
    public void close() {
        lift();
        scene.consul().deleteKey(key());
    }

    /**
     * Has Consul read its file until it answers a write of nobody's concern with that status. A pod that changes has its
     * volumes looked at by the kubelet at once.
     */
    private long load(String config, int status) {
        scene.client()
                .configMaps()
                .inNamespace(Scene.RELEASE)
                .withName(NAME)
                .edit((ConfigMap map) ->
                        new ConfigMapBuilder(map).addToData(FILE, config).build());
        AtomicLong told = new AtomicLong();
        Eventually.that("Consul to answer a write with " + status, Duration.ofMinutes(2), () -> {
            touch("limits=" + System.nanoTime());
            scene.consul().cli("reload");
            told.set(System.nanoTime());
            assertThat(Http.send("PUT", scene.consul().url() + "/v1/kv/" + key(), "x")
                            .statusCode())
                    .isEqualTo(status);
        });
        touch("limits-");
        return told.get();
    }

    private void touch(String annotation) {
        scene.release()
                .run("annotate", "--overwrite", "pod", NAME + "-0", annotation)
                .expectSuccess();
    }

    private String key() {
        return "limits-of-" + scene.namespace();
    }
}
