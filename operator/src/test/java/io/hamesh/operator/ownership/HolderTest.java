package io.hamesh.operator.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HolderTest {
    private static final Holder HOLDER =
            new Holder("blue", List.of("shop", "shop-canary"), true, Instant.parse("2026-01-01T12:00:00Z"));

    @Test
    void peopleAndOtherReleasesReadWhatIsWritten() {
        String written = HOLDER.json();

        assertThat(written)
                .isEqualTo("{\"managed-by\":\"hamesh\",\"cluster\":\"blue\",\"listed\":true,"
                        + "\"since\":\"2026-01-01T12:00:00Z\",\"namespaces\":[\"shop\",\"shop-canary\"]}");
        assertThat(Holder.read(written)).contains(HOLDER);
    }

    @Test
    void fieldOfALaterReleaseIsPassedOver() {
        String later = HOLDER.json().replace("{\"managed-by\"", "{\"more\":{\"of\":1},\"managed-by\"");

        assertThat(Holder.read(later)).contains(HOLDER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "shop",
                "{}",
                "{\"cluster\":\"blue\",\"since\":\"yesterday\",\"namespaces\":[\"shop\"]}",
                "{\"cluster\":\"\",\"since\":\"2026-01-01T12:00:00Z\",\"namespaces\":[\"shop\"]}",
                "{\"cluster\":\"blue\",\"since\":\"2026-01-01T12:00:00Z\",\"namespaces\":[]}",
                "{\"cluster\":\"blue\",\"since\":\"2026-01-01T12:00:00Z\",\"namespaces\":\"shop\"}"
            })
    void whatNoHameshWroteIsNobodys(String value) {
        assertThat(Holder.read(value)).isEmpty();
    }
}
