package io.hamesh.testbed.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Folders in the cache, made once and named by what is in them. Several checkouts use them at the same time, each its own:
 * one goes a day after it was used last. For who holds the machine's lock.
 */
public final class SharedFolders {
    private static final Duration KEPT = Duration.ofDays(1);
    private static final String HALF = ".half";

    private final Path parent;
    private final Clock clock;

    public SharedFolders(Path parent, Clock clock) {
        this.parent = parent;
        this.clock = clock;
    }

    /** The folder of that name; {@code make} fills an empty one where there is none yet. */
    public Path use(String name, Consumer<Path> make) {
        Path folder = parent.resolve(name);
        if (!Files.isDirectory(folder)) {
            Trees.list(parent).stream().filter(this::isOver).forEach(Trees::deleteTree);
            Path half = Trees.folder(parent.resolve(name + HALF));
            make.accept(half);
            Trees.moveInPlace(half, folder);
        }
        used(folder);
        return folder;
    }

    private boolean isOver(Path folder) {
        return folder.toString().endsWith(HALF)
                || lastUsed(folder).isBefore(clock.instant().minus(KEPT));
    }

    private void used(Path folder) {
        try {
            Files.setLastModifiedTime(folder, FileTime.from(clock.instant()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Instant lastUsed(Path folder) {
        try {
            return Files.getLastModifiedTime(folder).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
