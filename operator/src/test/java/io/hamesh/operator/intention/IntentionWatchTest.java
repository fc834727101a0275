package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.InMemoryConsul;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.work.Loop;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IntentionWatchTest {
    private static final String FRESH = "fresh";

    private final InMemoryConsul consul = new InMemoryConsul();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<Thread> thread = new CompletableFuture<>();
    private final Loop watching = new Loop(
            "intention-watch",
            ConfigEntryWatch.of(consul, ConfigEntry.SERVICE_INTENTIONS, new Follower()),
            new Health());

    @BeforeEach
    void follow() throws InterruptedException {
        consul.force(Examples.foreign("redis"));
        watching.start();
        assertThat(nextNews()).isEqualTo(FRESH);
    }

    @AfterEach
    void interruptionEndsIt() throws InterruptedException {
        watching.beginClose();
        assertThat(thread.join().join(Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void comingChangingAndGoingAreHeardByName() throws InterruptedException {
        consul.force(Examples.foreign("api"));
        assertThat(nextNews()).isEqualTo("[api]");

        consul.force(Examples.foreign("api"));
        assertThat(nextNews()).isEqualTo("[api]");

        consul.delete(ConfigEntry.SERVICE_INTENTIONS, "redis");
        assertThat(nextNews()).isEqualTo("[redis]");
    }

    @Test
    void everythingIsLookedAtAfreshWhenConsulIsBack() throws InterruptedException {
        consul.failOnce(new ConsulRefusedException(403, "permission denied"));

        assertThat(nextNews()).isEqualTo(FRESH);
    }

    private String nextNews() throws InterruptedException {
        String news = heard.poll(10, TimeUnit.SECONDS);
        return news == null ? "nothing in 10 s" : news;
    }

    /** Leaves out waits that end without news. */
    private final class Follower implements ConfigEntryWatch.Follower {
        @Override
        public void fresh(List<ConfigEntry> entries) {
            thread.complete(Thread.currentThread());
            heard.add(FRESH);
        }

        @Override
        public void changed(Set<String> names, List<ConfigEntry> entries) {
            if (!names.isEmpty()) {
                heard.add(names.toString());
            }
        }
    }
}
