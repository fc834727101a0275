package io.hamesh.charts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A value of the chart, and where it shows.
 *
 * @param path as for {@code --set}
 * @param given what has to be set besides, for the value to matter
 * @param shown what is there by default
 * @param other another value for it
 * @param otherShown what is there then
 */
record Setting(
        String path,
        List<String> given,
        String shown,
        String other,
        String otherShown,
        Function<Manifests, JsonNode> place) {

    Setting(String path, String shown, String other, String otherShown, Function<Manifests, JsonNode> place) {
        this(path, List.of(), shown, other, otherShown, place);
    }

    static Setting of(String path, String byDefault, String other, Function<Manifests, JsonNode> place) {
        return new Setting(path, byDefault, other, other, place);
    }

    Setting given(String... settings) {
        return new Setting(path, List.of(settings), shown, other, otherShown, place);
    }

    Manifests byDefault() {
        return Chart.withEmbeddedConsul(given.toArray(String[]::new));
    }

    Manifests changed() {
        return Chart.withEmbeddedConsul(
                Stream.concat(given.stream(), Stream.of(path + "=" + other)).toArray(String[]::new));
    }

    /** In the operator's environment. */
    static Function<Manifests, JsonNode> operatorVariable(String name) {
        return manifests -> Manifests.variable(container("Deployment", "hamesh-operator", manifests), name);
    }

    /** In the operator's Deployment, by JSON pointer. */
    static Function<Manifests, JsonNode> operator(String pointer) {
        return in("Deployment", "hamesh-operator", pointer);
    }

    static Function<Manifests, JsonNode> in(String kind, String name, String pointer) {
        return manifests -> manifests.get(kind, name).at(pointer);
    }

    private static JsonNode container(String kind, String name, Manifests manifests) {
        return Manifests.container(manifests.get(kind, name));
    }

    @Override
    public String toString() {
        return path;
    }
}
