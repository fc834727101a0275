package io.hamesh.charts;

import static io.hamesh.charts.Setting.in;
import static io.hamesh.charts.Setting.operator;
import static io.hamesh.charts.Setting.operatorVariable;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every value with its default and with another: a new value gets a line here, or the last test fails. */
class ValuesTest {
    private static final String CONTAINER = "/spec/template/spec/containers/0";
    private static final String WEBHOOK_PROXY = "/spec/template/spec/initContainers/0";
    private static final String VOLUME = "/spec/volumeClaimTemplates/0";

    static final List<Setting> SETTINGS = List.of(
            Setting.of("cluster.name", "kubernetes", "east", operatorVariable("HAMESH_CLUSTER_NAME")),
            new Setting(
                    "consul.embedded.image.repository",
                    "hashicorp/consul:1.22.2",
                    "registry.example.org/consul",
                    "registry.example.org/consul:1.22.2",
                    consul("/image")),
            new Setting(
                    "consul.embedded.image.tag",
                    "hashicorp/consul:1.22.2",
                    "1.22.3",
                    "hashicorp/consul:1.22.3",
                    consul("/image")),
            Setting.of("consul.embedded.resources.requests.cpu", "50m", "1", consul("/resources/requests/cpu")),
            Setting.of(
                    "consul.embedded.resources.requests.memory", "128Mi", "1Gi", consul("/resources/requests/memory")),
            Setting.of("consul.embedded.resources.limits.memory", "512Mi", "2Gi", consul("/resources/limits/memory")),
            Setting.of("consul.embedded.servers", "1", "3", in("StatefulSet", "hamesh-consul", "/spec/replicas")),
            new Setting(
                    "consul.embedded.storage.enabled",
                    "",
                    "true",
                    "data",
                    in("StatefulSet", "hamesh-consul", VOLUME + "/metadata/name")),
            Setting.of(
                            "consul.embedded.storage.size",
                            "1Gi",
                            "5Gi",
                            in("StatefulSet", "hamesh-consul", VOLUME + "/spec/resources/requests/storage"))
                    .given("consul.embedded.storage.enabled=true"),
            Setting.of(
                            "consul.embedded.storage.storageClass",
                            "",
                            "fast",
                            in("StatefulSet", "hamesh-consul", VOLUME + "/spec/storageClassName"))
                    .given("consul.embedded.storage.enabled=true"),
            Setting.of("intentions.default", "deny", "allow", operatorVariable("HAMESH_INTENTIONS_DEFAULT")),
            Setting.of("tls.postQuantum", "false", "true", operatorVariable("HAMESH_TLS_POST_QUANTUM")),
            Setting.of("serviceNames.kept", "10m", "90s", operatorVariable("HAMESH_SERVICE_NAMES_KEPT")),
            Setting.of(
                    "serviceNames.grantedOnly", "false", "true", operatorVariable("HAMESH_SERVICE_NAMES_GRANTED_ONLY")),
            Setting.of("preStopSleep", "3", "0", operatorVariable("HAMESH_PRE_STOP_SLEEP")),
            Setting.of("image.pullPolicy", "IfNotPresent", "Always", operatorVariable("HAMESH_IMAGE_PULL_POLICY")),
            image("operator", operator(CONTAINER + "/image")),
            imageTag("operator", operator(CONTAINER + "/image")),
            image("agent", operatorVariable("HAMESH_AGENT_IMAGE")),
            imageTag("agent", operatorVariable("HAMESH_AGENT_IMAGE")),
            image("haproxy", operatorVariable("HAMESH_HAPROXY_IMAGE")),
            imageTag("haproxy", operatorVariable("HAMESH_HAPROXY_IMAGE")),
            Setting.of("operator.replicas", "2", "3", operator("/spec/replicas")),
            Setting.of(
                    "operator.certificateLifetime",
                    "8760h",
                    "45s",
                    operatorVariable("HAMESH_WEBHOOK_CERTIFICATE_LIFETIME")),
            Setting.of("operator.priorityClassName", "", "high", operator("/spec/template/spec/priorityClassName")),
            Setting.of("operator.log.format", "text", "json", operatorVariable("HAMESH_LOG_FORMAT")),
            Setting.of("operator.resources.requests.cpu", "50m", "2", operator(CONTAINER + "/resources/requests/cpu")),
            Setting.of(
                    "operator.resources.requests.memory",
                    "192Mi",
                    "1Gi",
                    operator(CONTAINER + "/resources/requests/memory")),
            Setting.of(
                    "operator.resources.limits.memory",
                    "384Mi",
                    "1Gi",
                    operator(CONTAINER + "/resources/limits/memory")),
            Setting.of(
                    "operator.haproxy.resources.requests.cpu",
                    "10m",
                    "1",
                    operator(WEBHOOK_PROXY + "/resources/requests/cpu")),
            Setting.of(
                    "operator.haproxy.resources.requests.memory",
                    "32Mi",
                    "64Mi",
                    operator(WEBHOOK_PROXY + "/resources/requests/memory")),
            Setting.of(
                    "operator.haproxy.resources.limits.memory",
                    "256Mi",
                    "1Gi",
                    operator(WEBHOOK_PROXY + "/resources/limits/memory")));

    /** Those that decide what is rendered at all, and have tests of their own. */
    private static final List<String> ELSEWHERE = List.of(
            "consul.address",
            "consul.embedded.enabled",
            "services",
            "networkPolicy.enabled",
            "networkPolicy.namespaces",
            "networkPolicy.unsecuredPorts",
            "networkPolicy.openPorts",
            "operator.nodeSelector",
            "operator.tolerations");

    private static Setting image(String name, Function<Manifests, JsonNode> place) {
        return new Setting(
                "image." + name + ".repository",
                "hamesh/" + name + ":0.1.0",
                "registry.example.org/" + name,
                "registry.example.org/" + name + ":0.1.0",
                place);
    }

    private static Setting imageTag(String name, Function<Manifests, JsonNode> place) {
        return new Setting(
                "image." + name + ".tag", "hamesh/" + name + ":0.1.0", "main", "hamesh/" + name + ":main", place);
    }

    private static Function<Manifests, JsonNode> consul(String pointer) {
        return in("StatefulSet", "hamesh-consul", CONTAINER + pointer);
    }

    @ParameterizedTest
    @FieldSource("SETTINGS")
    void hasItsDefault(Setting setting) {
        assertThat(setting.place().apply(setting.byDefault()).asText()).isEqualTo(setting.shown());
    }

    @ParameterizedTest
    @FieldSource("SETTINGS")
    void takesAnother(Setting setting) {
        assertThat(setting.place().apply(setting.changed()).asText()).isEqualTo(setting.otherShown());
    }

    @Test
    void everyValueIsTested() {
        Stream<String> tested = Stream.concat(SETTINGS.stream().map(Setting::path), ELSEWHERE.stream());
        assertThat(tested).containsExactlyInAnyOrderElementsOf(paths("", Chart.values()));
    }

    private static List<String> paths(String path, JsonNode value) {
        if (!value.isObject() || value.isEmpty()) {
            return List.of(path);
        }
        return value.properties().stream()
                .flatMap(field ->
                        paths(path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue()).stream())
                .toList();
    }
}
