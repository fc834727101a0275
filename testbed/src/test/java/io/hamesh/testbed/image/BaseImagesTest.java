package io.hamesh.testbed.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BaseImagesTest {
    @Test
    void packageListsMayHaveCommentsAndBlankLines() {
        assertThat(BaseImages.significantLines("# why\n\n  haproxy \nzlib1g\n")).containsExactly("haproxy", "zlib1g");
    }

    @Test
    void changedListIsAnotherImage() {
        var one = BaseImages.reference("runtime", List.of("haproxy"), List.of("--variant=extract"));
        assertThat(one).startsWith("localhost/hamesh-base/runtime:");
        assertThat(BaseImages.reference("runtime", List.of("haproxy", "dash"), List.of("--variant=extract")))
                .isNotEqualTo(one);
        assertThat(BaseImages.reference("runtime", List.of("haproxy"), List.of("--variant=apt")))
                .isNotEqualTo(one);
    }
}
