package io.hamesh.testbed;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a running {@link Platform}, and each class a {@link TestNamespace} if it asks for one. A cluster that was
 * up stays up; one that this started goes with the last test. What a failed test leaves is kept in target/failures.
 */
public class PlatformExtension
        implements BeforeAllCallback,
                AfterAllCallback,
                ParameterResolver,
                AfterTestExecutionCallback,
                LifecycleMethodExecutionExceptionHandler {
    private static final Namespace STORE = Namespace.create(PlatformExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        platform(context);
    }

    /** Whatever the tests need on top of a cluster; called once, right after it is up. */
    protected void prepare(Platform platform) {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        return type == Platform.class || type == TestNamespace.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Platform.class ? platform(context) : namespace(context);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        context.getExecutionException().ifPresent(failure -> keepEvidence(context, failure));
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        keepEvidence(context, failure);
        throw failure;
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        keepEvidence(context, failure);
        throw failure;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        var namespace = context.getRoot().getStore(STORE).remove(context.getRequiredTestClass(), TestNamespace.class);
        if (namespace != null) {
            namespace.delete();
        }
    }

    private Platform platform(ExtensionContext context) {
        var store = context.getRoot().getStore(STORE);
        var session = store.getOrComputeIfAbsent(Session.class, key -> Session.open(), Session.class);
        store.getOrComputeIfAbsent(getClass(), type -> {
            prepare(session.platform());
            return type;
        });
        return session.platform();
    }

    /** The namespace of the test class in question; made at the first call. */
    protected final TestNamespace namespace(ExtensionContext context) {
        var type = context.getRequiredTestClass();
        return context.getRoot()
                .getStore(STORE)
                .getOrComputeIfAbsent(type, test -> TestNamespace.create(platform(context), type), TestNamespace.class);
    }

    /** The namespace of the test class in question, if {@link #namespace} has made it. */
    protected static Optional<TestNamespace> madeNamespace(ExtensionContext context) {
        var store = context.getRoot().getStore(STORE);
        return Optional.ofNullable(store.get(context.getRequiredTestClass(), TestNamespace.class));
    }

    protected final void keepEvidence(ExtensionContext context, Throwable failure) {
        var name = context.getRequiredTestClass().getSimpleName()
                + context.getTestMethod().map(method -> "." + method.getName()).orElse("");
        platform(context).keepEvidence(Path.of("target", "failures", name), failure);
    }

    /** The cluster for as long as this JVM runs tests. */
    private record Session(Platform platform, boolean startedHere) implements AutoCloseable {
        static Session open() {
            var platform = Platform.get();
            return new Session(platform, platform.up());
        }

        @Override
        public void close() {
            platform.closeClient();
            if (startedHere) {
                platform.down();
            }
        }
    }
}
