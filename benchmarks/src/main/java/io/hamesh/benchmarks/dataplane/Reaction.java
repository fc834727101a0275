package io.hamesh.benchmarks.dataplane;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hamesh.benchmarks.dataplane.Load.Micros;
import java.util.List;

/** How long after Consul's answer to a changed intention a request is judged by it. */
@JsonIgnoreProperties(ignoreUnknown = true)
record Reaction(Micros deny, Micros allow) {
    static final int TRIALS_OF_A_TAIL = 300;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Reaction measure(Pod caller, Programs programs, Mesh mesh, int trials) {
        String destination = mesh.destination(Protocol.HTTP).orElseThrow();
        String said = caller.enter(List.of(
                        programs.load().toString(),
                        "react",
                        "-target=" + mesh.address(Protocol.HTTP),
                        "-consul=" + mesh.authority().address(),
                        "-allow=" + Intentions.json(mesh.caller(), "allow", destination),
                        "-deny=" + Intentions.json(mesh.caller(), "deny", destination),
                        "-trials=" + trials))
                .output();
        try {
            return JSON.readValue(said, Reaction.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the load program said: " + said, e);
        }
    }
}
