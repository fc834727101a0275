package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hamesh.model.Annotations;
import io.hamesh.model.Protocol;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A pod that says something wrong about the mesh is refused by {@code kubectl apply}: which field, and what would be right. */
@EndToEnd
class RefusedPodsIT {
    private static final String CHOOSE = "choose another";
    private static final String NAME_PORT = "expected NAME:PORT, for example redis:6379";

    private static Scene scene;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong("inject is neither true nor false", Annotations.INJECT, "yes", "expected \"true\" or \"false\""),
                wrong("upstream without a port", Annotations.UPSTREAMS, "redis", NAME_PORT),
                wrong("upstream with a word for a port", Annotations.UPSTREAMS, "redis:six", NAME_PORT),
                wrong("upstream port out of range", Annotations.UPSTREAMS, "redis:70000", "1 to 65535"),
                wrong("upstream name that cannot be one", Annotations.UPSTREAMS, "Redis_1:6379", "lower-case letters"),
                wrong("an empty upstream", Annotations.UPSTREAMS, "redis:6379,,api:9001", NAME_PORT),
                wrong(
                        "misspelt annotation",
                        Annotations.PREFIX + "upstreem",
                        "redis:6379",
                        "did you mean hamesh.io/upstreams"),
                wrong("unknown annotation", Annotations.PREFIX + "colour", "blue", "known are"),
                wrong("unknown protocol", Annotations.PROTOCOL, "htpp", "expected one of tcp, http, http2, grpc"),
                wrong("port that no container names", Annotations.PORT, "web", "the name of one"),
                wrong("port out of range", Annotations.PORT, "0", "1 to 65535"),
                wrong("two upstreams on one port", Annotations.UPSTREAMS, "redis:6379, api:6379", CHOOSE),
                wrong("upstream on the application's port", Annotations.UPSTREAMS, "redis:9000", CHOOSE),
                wrong("upstream on the mesh port", Annotations.UPSTREAMS, "redis:20000", CHOOSE),
                wrong("upstream on the metrics port", Annotations.UPSTREAMS, "redis:20200", CHOOSE),
                wrong("upstream on the stats page's port", Annotations.UPSTREAMS, "redis:1936", CHOOSE),
                wrong("application on the mesh port", Annotations.PORT, "20000", CHOOSE),
                wrong("unsecured port on the application's", Annotations.UNSECURED_PORT, "9000", CHOOSE),
                wrong("upstream below 1024", Annotations.UPSTREAMS, "redis:80", "choose one from 1024"),
                wrong("unsecured port below 1024", Annotations.UNSECURED_PORT, "443", "choose one from 1024"),
                wrong("service name that cannot be one", Annotations.SERVICE, "My Shop", "lower-case letters"),
                wrong("pause that is no number", Annotations.PRE_STOP_SLEEP, "3s", "expected seconds"),
                wrong("pause longer than the grace period", Annotations.PRE_STOP_SLEEP, "60", "grace period"),
                wrong("memory that is no quantity", Annotations.PROXY_MEMORY, "lots", "for example 128Mi"));
    }

    private static Arguments wrong(String title, String annotation, String value, String fix) {
        return argumentSet(title, annotation, value, fix);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void wrongAnnotationIsRefusedWithFieldAndFix(String annotation, String value, String fix) {
        AppPod pod = AppPod.server("wrong", scene.service("wrong"), Protocol.HTTP);
        assertRefused(pod.annotated(annotation, value).build(), "metadata.annotations[" + annotation + "]", fix);
    }

    @Test
    void rightAnnotationsAreTaken() {
        AppPod pod = AppPod.server("right", scene.service("right"), Protocol.HTTP)
                .calling("redis:6379", "api:9001")
                .annotated(Annotations.TAGS, "v2,blue")
                .annotated(Annotations.META_PREFIX + "team", "shop");
        assertThat(scene.kubectl().apply(Serialization.asYaml(pod.build())).expectSuccess())
                .contains("pod/right created");
    }

    @Test
    void misspeltOptInDoesNotRunUnprotected() {
        AppPod pod = AppPod.caller("unprotected").annotated(Annotations.PREFIX + "injekt", "true");
        assertRefused(pod.build(), "metadata.annotations[hamesh.io/injekt]", "did you mean hamesh.io/inject");
    }

    @Test
    void annotationsWithoutOptInAreRefused() {
        AppPod pod = AppPod.caller("half").annotated(Annotations.UPSTREAMS, "redis:6379");
        assertRefused(pod.build(), "metadata.annotations[hamesh.io/inject]", "\"true\" to join the mesh");
    }

    @Test
    void containerPortThatClashesWithOursIsRefused() {
        Pod pod = new PodBuilder(AppPod.server("clash", scene.service("clash"), Protocol.HTTP)
                        .build())
                .editSpec()
                .editFirstContainer()
                .addNewPort()
                .withContainerPort(20000)
                .endPort()
                .endContainer()
                .endSpec()
                .build();
        assertRefused(pod, "spec.containers[app].ports[20000]", CHOOSE);
    }

    @Test
    void handWrittenSidecarIsRefused() {
        Pod pod = new PodBuilder(AppPod.caller("handmade").build())
                .editSpec()
                .editFirstContainer()
                .withName("hamesh-haproxy")
                .endContainer()
                .endSpec()
                .build();
        assertRefused(pod, "spec.containers[hamesh-haproxy]", "remove it");
    }

    @Test
    void staticPodIsRefused() {
        Pod mirror = AppPod.server("static", scene.service("static"), Protocol.HTTP)
                .annotated("kubernetes.io/config.mirror", "0123")
                .build();
        assertRefused(mirror, "metadata.annotations[kubernetes.io/config.mirror]", "use a DaemonSet");
    }

    @Test
    void labelOfALivingPodCannotBeChanged() {
        scene.start(AppPod.caller("living"));
        assertThat(scene.kubectl()
                        .run("label", "pod", "living", "hamesh.io/injected=true")
                        .err())
                .contains("metadata.labels[hamesh.io/injected]", "cannot change on a living pod");
    }

    private static void assertRefused(Pod pod, String field, String fix) {
        Kubectl.Result result = scene.kubectl().apply(Serialization.asYaml(pod));
        assertThat(result.exitCode()).as(result.toString()).isNotZero();
        assertThat(result.err()).contains("denied the request", field, fix);
    }
}
