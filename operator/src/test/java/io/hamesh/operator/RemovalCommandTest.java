package io.hamesh.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RemovalCommandTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @Test
    void unknownWordsAreAnsweredWithTheUsage() {
        assertThat(run(Map.of(), "destroy")).isEqualTo(RemovalCommand.WRONG_USE);
        assertThat(run(Map.of(), "purge", "--no")).isEqualTo(RemovalCommand.WRONG_USE);
        assertThat(said()).contains("usage:", "uninstall", "purge [--yes]");
    }

    @Test
    void settingsThatAreMissingAreNamed() {
        assertThat(run(Map.of(), "purge", "--yes")).isEqualTo(RemovalCommand.WRONG_USE);
        assertThat(said()).contains("HAMESH_CONSUL_ADDRESS is not set");
        assertThat(run(Map.of("HAMESH_CONSUL_ADDRESS", "http://127.0.0.1:1"), "purge"))
                .isEqualTo(RemovalCommand.WRONG_USE);
        assertThat(said()).contains("HAMESH_CLUSTER_NAME is not set");
    }

    @Test
    void consulThatIsAwayIsSaidAndNothingIsDone() {
        Map<String, String> nobody =
                Map.of("HAMESH_CONSUL_ADDRESS", "http://127.0.0.1:1", "HAMESH_CLUSTER_NAME", "east");
        assertThat(run(nobody, "purge", "--yes")).isEqualTo(RemovalCommand.FAILED);
        assertThat(said()).contains("not done: Consul at http://127.0.0.1:1 did not answer");
    }

    private int run(Map<String, String> env, String... arguments) {
        return RemovalCommand.run(arguments, env, new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
