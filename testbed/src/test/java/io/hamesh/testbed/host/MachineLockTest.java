package io.hamesh.testbed.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineLockTest {
    private final Steps quiet = new Steps(new PrintStream(PrintStream.nullOutputStream()));

    @Test
    void secondWaitsForTheFirst(@TempDir Path folder) throws InterruptedException {
        var cache = new Cache(folder);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        var firstIn = new CountDownLatch(1);
        var secondTries = new CountDownLatch(1);
        var first = Thread.startVirtualThread(() -> MachineLock.holding(cache, quiet, () -> {
            firstIn.countDown();
            await(secondTries);
            return order.add("first ends");
        }));
        await(firstIn);
        var second = Thread.startVirtualThread(() -> {
            secondTries.countDown();
            MachineLock.holding(cache, quiet, () -> order.add("second begins"));
        });
        first.join();
        second.join();
        assertThat(order).containsExactly("first ends", "second begins");
    }

    @Test
    void whatAnInterruptedCommandLeftIsGone(@TempDir Path folder) {
        var cache = new Cache(folder);
        var half = Trees.folder(cache.scratch().resolve("half/made"));
        assertThat(MachineLock.holding(cache, quiet, () -> half.toFile().exists()))
                .isFalse();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
