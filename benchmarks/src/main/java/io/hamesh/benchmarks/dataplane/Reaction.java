package io.hamesh.benchmarks.dataplane;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;

/**
 * How many microseconds after Consul's answer to a write it is followed, trial by trial.
 *
 * @param ended until no answer shows the subject any more
 * @param began until the first answer shows it
 * @param lost calls that nobody answered rightly, although another endpoint was there
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Reaction(List<Long> ended, List<Long> began, int lost) {
    static final int TRIALS_OF_A_TAIL = 300;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Of each subject, in their order. They take turns, each in the others' rest. */
    static List<Reaction> measure(Pod caller, Programs programs, List<Subject> subjects, int trials) {
        try {
            String said = caller.enter(List.of(
                            programs.load().toString(),
                            "react",
                            "-subjects=" + JSON.writeValueAsString(subjects),
                            "-trials=" + trials))
                    .output();
            return JSON.readValue(said, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the load program is told, or tells, what is no JSON", e);
        }
    }
}
