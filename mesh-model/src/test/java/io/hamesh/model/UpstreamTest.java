package io.hamesh.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamTest {
    @Test
    void listIsReadWithBlanksAndWrittenWithout() {
        assertThat(Upstream.format(Upstream.parseList(" redis:6379 ,api:9000"))).isEqualTo("redis:6379,api:9000");
        assertThat(Upstream.parseList(" ")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            redis        | "redis": expected NAME:PORT, for example redis:6379
            redis:       | "redis:": expected NAME:PORT, for example redis:6379
            :6379        | ":6379": expected NAME:PORT, for example redis:6379
            redis:six    | "redis:six": expected NAME:PORT, for example redis:6379
            redis:0      | upstream port 0: expected 1 to 65535
            redis:65536  | upstream port 65536: expected 1 to 65535
            Redis:6379   | upstream name "Redis": expected lower-case
            a:1,,b:2     | "": expected NAME:PORT, for example redis:6379
            """)
    void malformedEntryIsRefusedWithTheFormThatIsRight(String text, String message) {
        assertThatThrownBy(() -> Upstream.parseList(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
