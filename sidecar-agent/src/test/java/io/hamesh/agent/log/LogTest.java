package io.hamesh.agent.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class LogTest {
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(lines, true, StandardCharsets.UTF_8),
            Clock.fixed(Instant.parse("2026-01-01T12:00:00Z"), ZoneOffset.UTC));

    @Test
    void eventIsALineOfPairs() {
        log.info("applied", "upstreams", 2, "ms", 14);

        assertThat(written()).isEqualTo("time=2026-01-01T12:00:00Z level=info event=applied upstreams=2 ms=14\n");
    }

    @Test
    void valueIsQuotedWhereItWouldNotEndWhereItShould() {
        log.warn("not-applied", "error", "no \"socket\"\nyet");

        assertThat(written()).endsWith("event=not-applied error=\"no \\\"socket\\\"\\nyet\"\n");
    }

    @Test
    void valueWithoutAKeyIsWrittenAllTheSame() {
        log.warn("not-applied", "attempt", 3, "no socket yet");

        assertThat(written()).endsWith("event=not-applied attempt=3 unnamed=\"no socket yet\"\n");
    }

    private String written() {
        return lines.toString(StandardCharsets.UTF_8);
    }
}
