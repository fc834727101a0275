package io.hamesh.operator.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.operator.health.Health;
import io.hamesh.operator.work.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BlockingQueryTest {
    private static final Duration SPACING = Duration.ofMillis(7);

    private final List<Long> asked = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private Watched<String> answer = new Watched<>("", 0);
    private RuntimeException trouble = new IllegalStateException("no trouble");
    private boolean inTrouble;
    private boolean followerFails;

    private final BlockingQuery<String> query = new BlockingQuery<>("test", SPACING, this::ask, this::hear);

    @Test
    void asksBeyondTheLastAnswer() {
        look("a", 7);
        look("a", 9);
        look("b", 12);
        assertThat(asked).containsExactly(0L, 7L, 9L);
        assertThat(heard).containsExactly("a fresh", "a", "b");
    }

    @Test
    void afterAnOutageItAsksAfreshAndSaysSo() {
        look("a", 7);
        fail(new ConsulUnavailableException("away"));
        fail(new ConsulRefusedException(403, "permission denied"));
        look("a", 7);
        look("b", 8);
        assertThat(asked).containsExactly(0L, 7L, 0L, 0L, 7L);
        assertThat(heard).containsExactly("a fresh", "a fresh", "b");
    }

    @Test
    void indexThatGoesBackwardsMayMeanLostData() {
        look("a", 700);
        look("", 12);
        look("a", 30);
        assertThat(asked).containsExactly(0L, 700L, 12L);
        assertThat(heard).containsExactly("a fresh", " fresh", "a");
    }

    @Test
    void answerThatItsFollowerCouldNotUseIsAskedForAgain() {
        followerFails = true;
        look("a", 7);
        followerFails = false;
        look("a", 7);
        assertThat(asked).containsExactly(0L, 0L);
        assertThat(heard).containsExactly("a fresh");
    }

    @Test
    void pausesLongerAfterFailures() {
        assertThat(look("a", 7)).isEqualTo(SPACING);
        assertThat(fail(new ConsulUnavailableException("away")))
                .isBetween(Duration.ofMillis(500), Duration.ofMillis(750));
    }

    /** Whose log says each kind once, and which pauses for a second. */
    @Test
    void bugIsTheLoopsToTellAndTheNextQuestionIsAskedAfresh() {
        look("a", 7);
        IllegalStateException bug = new IllegalStateException("a bug");
        assertThatThrownBy(() -> fail(bug)).isSameAs(bug);
        look("a", 7);
        assertThat(asked).containsExactly(0L, 7L, 0L);
        assertThat(heard).containsExactly("a fresh", "a fresh");
    }

    @Test
    void interruptionEndsIt() throws InterruptedException {
        CompletableFuture<Thread> asking = new CompletableFuture<>();
        Loop.Body body = new BlockingQuery<>(
                "test",
                SPACING,
                (index, wait) -> {
                    asking.complete(Thread.currentThread());
                    return waitForNews(wait);
                },
                this::hear);
        try (Loop loop = new Loop("test", body, new Health()).start()) {
            Thread thread = asking.join();
            loop.beginClose();
            assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
        }
    }

    /** As the gateway does when its thread is interrupted. */
    private static Watched<String> waitForNews(Duration wait) {
        try {
            Thread.sleep(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConsulUnavailableException("interrupted");
        }
        return new Watched<>("", 1);
    }

    private Duration look(String value, long index) {
        answer = new Watched<>(value, index);
        inTrouble = false;
        return query.round();
    }

    private Duration fail(RuntimeException why) {
        trouble = why;
        inTrouble = true;
        return query.round();
    }

    private Watched<String> ask(long index, Duration wait) {
        asked.add(index);
        if (inTrouble) {
            throw trouble;
        }
        return answer;
    }

    private void hear(Watched<String> now, boolean fresh) {
        if (followerFails) {
            throw new ConsulUnavailableException("its own writes fail");
        }
        heard.add(now.value() + (fresh ? " fresh" : ""));
    }
}
