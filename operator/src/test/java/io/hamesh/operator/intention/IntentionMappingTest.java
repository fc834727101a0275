package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.consul.ConfigEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IntentionMappingTest {
    private static final ConfigEntry WANTED = IntentionMapping.entry(
            Examples.intention(
                    "redis",
                    "{destination: {name: redis}, sources: [{name: www, action: allow, description: counts},"
                            + " {name: '*', action: deny}]}"),
            "blue");

    @Test
    void entryCarriesTheSourcesAndWhoseItIs() {
        assertThat(WANTED.kind()).isEqualTo("service-intentions");
        assertThat(WANTED.name()).isEqualTo("redis");
        assertThat(WANTED.fields())
                .isEqualTo(Map.of(
                        "Sources",
                        List.of(
                                Map.of("Name", "www", "Action", "allow", "Description", "counts"),
                                Map.of("Name", "*", "Action", "deny"))));
        assertThat(WANTED.meta())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "managed-by", "hamesh",
                        "hamesh-cluster", "blue",
                        "external-source", "kubernetes",
                        "k8s-namespace", "shop",
                        "k8s-name", "redis",
                        "k8s-uid", "uid-of-redis"));
    }

    @Test
    void whatConsulFillsInIsNoDrift() {
        ConfigEntry found = found(List.of(
                Map.of("Name", "*", "Action", "deny", "Precedence", 8, "Type", "consul", "LegacyMeta", Map.of()),
                Map.of("Name", "www", "Action", "allow", "Description", "counts", "Precedence", 9, "Type", "consul")));

        assertThat(IntentionMapping.isSame(WANTED, found)).isTrue();
    }

    @Test
    void anotherActionIsDrift() {
        assertDrift(List.of(
                Map.of("Name", "www", "Action", "deny", "Description", "counts"),
                Map.of("Name", "*", "Action", "deny")));
    }

    @Test
    void aSourceMoreOrLessIsDrift() {
        assertDrift(List.of(Map.of("Name", "www", "Action", "allow", "Description", "counts")));
        assertDrift(List.of(
                Map.of("Name", "www", "Action", "allow", "Description", "counts"),
                Map.of("Name", "*", "Action", "deny"),
                Map.of("Name", "evil", "Action", "allow")));
    }

    @Test
    void permissionsAndPeersThatWeNeverWriteAreDrift() {
        Map<String, Object> any = Map.of("Name", "*", "Action", "deny");
        assertDrift(List.of(
                any,
                Map.of("Name", "www", "Description", "counts", "Permissions", List.of(Map.of("Action", "allow")))));
        assertDrift(List.of(any, Map.of("Name", "www", "Action", "allow", "Description", "counts", "Peer", "east")));
    }

    @Test
    void aFieldOfTheEntryThatWeNeverWriteIsDrift() {
        Map<String, Object> fields = new HashMap<>(WANTED.fields());
        fields.put("JWT", Map.of("Providers", List.of(Map.of("Name", "okta"))));

        assertThat(IntentionMapping.isSame(
                        WANTED, new ConfigEntry(WANTED.kind(), WANTED.name(), WANTED.meta(), fields, 7)))
                .isFalse();
    }

    @Test
    void anotherOwnerIsADifference() {
        ConfigEntry found = new ConfigEntry(WANTED.kind(), WANTED.name(), Map.of(), WANTED.fields(), 7);

        assertThat(IntentionMapping.isSame(WANTED, found)).isFalse();
    }

    @Test
    void ownerIsReadBackFromTheMarks() {
        assertThat(EntryOwner.of(WANTED)).isEqualTo(new EntryOwner.Intention("blue", "shop", "redis", "uid-of-redis"));
        assertThat(EntryOwner.of(IntentionMapping.allowAll("blue"))).isEqualTo(new EntryOwner.DefaultValue("blue"));
        assertThat(EntryOwner.of(Examples.foreign("redis"))).isEqualTo(new EntryOwner.Other());
    }

    private static void assertDrift(List<Map<String, Object>> sources) {
        assertThat(IntentionMapping.isSame(WANTED, found(sources))).isFalse();
    }

    private static ConfigEntry found(List<Map<String, Object>> sources) {
        return Examples.entry("redis", WANTED.meta(), sources);
    }
}
