package io.hamesh.operator.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import org.junit.jupiter.api.Test;

class NamespaceWatchTest {
    @Test
    void annotationGrantsTheNamesThatItListsAndNothingThatIsNone() {
        assertThat(NamespaceWatch.granted(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("shop")
                        .addToAnnotations("hamesh.io/services", "api, www,,My Api, api,*")
                        .endMetadata()
                        .build()))
                .containsExactly("api", "www");
        assertThat(NamespaceWatch.granted(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("shop")
                        .endMetadata()
                        .build()))
                .isEmpty();
    }
}
