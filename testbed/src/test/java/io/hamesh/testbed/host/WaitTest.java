package io.hamesh.testbed.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WaitTest {
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void forgetTheInterrupt() {
        Thread.interrupted();
    }

    @Test
    void asksUntilItHolds() {
        assertThatCode(() -> Wait.until("three", Duration.ofSeconds(10), () -> asked.incrementAndGet() == 3))
                .doesNotThrowAnyException();
        assertThat(asked).hasValue(3);
    }

    @Test
    void saysWhatItAwaitedAndForHowLong() {
        assertThatThrownBy(() -> Wait.until("the node to register", Duration.ofSeconds(1), () -> false))
                .isInstanceOf(TestbedException.class)
                .hasMessage("waited 1 s in vain for the node to register");
    }

    @Test
    void whatTheConditionThrowsComesThrough() {
        assertThatThrownBy(() -> Wait.until("it", Duration.ofSeconds(10), () -> {
                    throw new TestbedException("the node ended");
                }))
                .isInstanceOf(TestbedException.class)
                .hasMessage("the node ended");
    }

    @Test
    void interruptEndsItAndIsKept() {
        assertThatThrownBy(() -> Wait.until("it", Duration.ofSeconds(10), () -> {
                    Thread.currentThread().interrupt();
                    return false;
                }))
                .isInstanceOf(TestbedException.class)
                .hasMessage("interrupted while waiting for it");
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }
}
