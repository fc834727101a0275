package io.hamesh.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test class on the real platform, with a {@link Scene} of its own for its methods' parameters. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SceneExtension.class)
@interface EndToEnd {
    /** The order of classes that last longest: begun last, they would run alone in the end. */
    int FIRST = 1;
}
