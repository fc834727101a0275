package io.hamesh.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LastingChangeTest {
    private final LastingChange change = new LastingChange();

    @BeforeEach
    void look() {
        change.isSeen(7);
        change.looked(7);
    }

    @Test
    void socketThatStaysIsSeenAtTheSecondReading() {
        assertThat(change.isSeen(8)).isFalse();
        assertThat(change.isSeen(8)).isTrue();
    }

    @Test
    void connectionThatComesAndGoesIsNoChange() {
        assertThat(change.isSeen(8)).isFalse();
        assertThat(change.isSeen(7)).isFalse();
        assertThat(change.isSeen(7)).isFalse();
    }

    @Test
    void countsThatNeverRestAreNotWaitedFor() {
        assertThat(change.isSeen(8)).isFalse();
        assertThat(change.isSeen(9)).isFalse();
        assertThat(change.isSeen(10)).isTrue();
        change.looked(10);
        assertThat(change.isSeen(11)).isFalse();
    }
}
