package io.hamesh.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestNamespaceTest {
    @Test
    void nameIsADnsLabelHoweverLongTheClass() {
        var name = TestNamespace.nameFor("A_VeryLongTestClassNameThatSaysAllThatThereIsToSayAboutABehaviourIT", -1);
        assertThat(name).matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?").endsWith("-ffffffff");
    }
}
