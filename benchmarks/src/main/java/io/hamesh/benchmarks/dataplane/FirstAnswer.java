package io.hamesh.benchmarks.dataplane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hamesh.testbed.host.Command;
import java.util.List;

/** The first right answer to a caller that asks every few milliseconds, whether or not anybody listens yet. */
final class FirstAnswer {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private FirstAnswer() {}

    /** What the caller runs. */
    static List<String> command(Programs programs, String target) {
        return List.of(programs.load().toString(), "first", "-target=" + target);
    }

    /** Returns when it came, by {@link BootClock}. */
    static double await(Command command) {
        String said = command.output();
        try {
            return JSON.readTree(said).path("secondsSinceBoot").asDouble();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the load program said: " + said, e);
        }
    }
}
