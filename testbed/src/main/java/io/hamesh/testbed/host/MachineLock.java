package io.hamesh.testbed.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** One at a time on this machine. The kernel frees the lock when its holder ends, however it ends. */
public final class MachineLock {
    // The kernel's lock is the process's: threads of one process need their own.
    private static final ReentrantLock THREADS = new ReentrantLock();

    private MachineLock() {}

    /** Does the work when nobody else does any; waits for that, and says so if there is something to wait for. */
    public static <T> T holding(Cache cache, Steps steps, Supplier<T> work) {
        Trees.folder(cache.root());
        THREADS.lock();
        try (var channel = FileChannel.open(
                cache.lock(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.tryLock() == null) {
                steps.step("waiting for another testbed command" + holder(channel), progress -> lock(channel));
            }
            var me = "%d\n".formatted(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
            channel.truncate(0).write(ByteBuffer.wrap(me), 0);
            clear(cache.scratch());
            return work.get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            THREADS.unlock();
        }
    }

    /** What an interrupted command left half-made. */
    private static void clear(Path scratch) {
        try {
            Trees.deleteTree(scratch);
        } catch (UncheckedIOException e) {
            // A program that outlived its command still writes there; the next one clears it.
        }
    }

    private static FileLock lock(FileChannel channel) {
        try {
            return channel.lock();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(20);
        channel.read(bytes, 0);
        var pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
        return pid.isEmpty() ? "" : " (process " + pid + ")";
    }
}
