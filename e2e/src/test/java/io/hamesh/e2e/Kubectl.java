package io.hamesh.e2e;

import io.hamesh.testbed.host.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The command that people type, in one namespace.
 *
 * @param command {@code kubectl} on the platform's cluster
 */
record Kubectl(Command command, String namespace) {

    /** What a command printed, and its exit code. */
    record Result(int exitCode, String out, String err) {
        String expectSuccess() {
            if (exitCode != 0) {
                throw new AssertionError("exit " + exitCode + ": " + err + out);
            }
            return out;
        }
    }

    private static final Executor AFTER_THE_LIMIT = CompletableFuture.delayedExecutor(5, TimeUnit.MINUTES);

    Kubectl in(String otherNamespace) {
        return new Kubectl(command, otherNamespace);
    }

    Result run(String... arguments) {
        return runWith("", arguments);
    }

    Result apply(String manifest) {
        return runWith(manifest, "apply", "-f", "-");
    }

    /** Runs the command with {@code input} as its standard input, and ends it when it takes for ever. */
    Result runWith(String input, String... arguments) {
        try {
            Process process = command.and("--namespace", namespace)
                    .and(arguments)
                    .builder()
                    .start();
            CompletableFuture<Void> limit = CompletableFuture.runAsync(process::destroy, AFTER_THE_LIMIT);
            CompletableFuture<String> err =
                    CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), Thread::startVirtualThread);
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String out = text(process.getInputStream());
            int status = process.waitFor();
            limit.cancel(false);
            return new Result(status, out, err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String text(java.io.InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
