package io.hamesh.e2e;

import io.hamesh.testbed.Platform;
import java.util.Locale;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test class one {@link Scene}, which ends with the class. */
final class SceneExtension implements ParameterResolver, AfterAllCallback {
    private static final Namespace SCENES = Namespace.create(SceneExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Scene.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> test = context.getRequiredTestClass();
        return context.getRoot()
                .getStore(SCENES)
                .getOrComputeIfAbsent(test, type -> Scene.open(Platform.get(), nameOf(type)), Scene.class);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Scene scene = context.getRoot().getStore(SCENES).remove(context.getRequiredTestClass(), Scene.class);
        if (scene != null) {
            scene.close();
        }
    }

    private static String nameOf(Class<?> test) {
        return test.getSimpleName().replaceFirst("IT$", "").toLowerCase(Locale.ROOT);
    }
}
