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

    /** The orders of classes that leave the release as others cannot use it: in the end, it is installed again less often. */
    int LEAVES_RELEASE_CHANGED = Integer.MAX_VALUE - 1;

    int BRINGS_OWN_RELEASE = Integer.MAX_VALUE;

    /** HAmesh is installed as usual before a class that finds it so. Whoever does anything else has to be isolated. */
    enum Release {
        /** Found as usual, left as usual. */
        AS_USUAL,

        /** Found as usual; left otherwise, or removed. */
        LEFT_CHANGED,

        /** Found in any state or not at all, left so. */
        OWN
    }

    Release release() default Release.AS_USUAL;
}
