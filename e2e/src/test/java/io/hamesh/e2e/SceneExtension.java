package io.hamesh.e2e;

import io.hamesh.testbed.Platform;
import io.hamesh.testbed.PlatformExtension;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;

/**
 * Installs this checkout's HAmesh once, and again after classes that changed the release. Gives each test class one
 * {@link Scene} in a namespace of its own.
 */
final class SceneExtension extends PlatformExtension {
    private static final Namespace SCENES = Namespace.create(SceneExtension.class);

    /** Those that have failed a test: the kubelet tells of each until the next one. */
    private static final Set<String> CRASHES = ConcurrentHashMap.newKeySet();

    /** Whether the class before this one changed the release. */
    private static boolean changed;

    @Override
    protected void prepare(Platform platform) {
        platform.installHamesh();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        super.beforeAll(context);
        prepareRelease(
                context.getRequiredTestClass().getAnnotation(EndToEnd.class).release());
    }

    /** Classes that run side by side all wait for the first one's installation. */
    private static synchronized void prepareRelease(EndToEnd.Release release) {
        if (changed && release != EndToEnd.Release.OWN) {
            Platform.get().installHamesh();
        }
        changed = release != EndToEnd.Release.AS_USUAL;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Scene.class || super.supportsParameter(parameter, context);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Scene.class
                ? scene(context)
                : super.resolveParameter(parameter, context);
    }

    /** A test that passed fails if a sidecar has crashed. */
    @Override
    public void afterTestExecution(ExtensionContext context) {
        super.afterTestExecution(context);
        if (context.getExecutionException().isEmpty()) {
            madeNamespace(context).ifPresent(namespace -> {
                List<String> crashed = Crashes.in(namespace.platform().client(), namespace.name()).stream()
                        .filter(CRASHES::add)
                        .toList();
                if (!crashed.isEmpty()) {
                    AssertionError failure = new AssertionError("crashed: " + String.join("; ", crashed));
                    keepEvidence(context, failure);
                    throw failure;
                }
            });
        }
    }

    private Scene scene(ExtensionContext context) {
        return context.getRoot()
                .getStore(SCENES)
                .getOrComputeIfAbsent(
                        context.getRequiredTestClass(), test -> Scene.open(namespace(context)), Scene.class);
    }
}
