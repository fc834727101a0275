package io.hamesh.benchmarks.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hamesh.testbed.host.Checkout;
import io.hamesh.testbed.host.Command;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs the Go tests of {@code benchmarks/load}: three seconds once its modules are compiled. */
class LoadProgramTest {
    @Test
    void itsOwnTestsPass() {
        assumeTrue(Command.of("go", "version").run().ok(), "Go is on the PATH");
        Path folder = Checkout.find(Map.of(), Path.of("")).at("benchmarks/load");
        Command.Result result =
                Command.of("go", "test", "-timeout=60s", "./...").in(folder).run();
        assertThat(result.ok()).as(result.output() + result.errors()).isTrue();
    }
}
