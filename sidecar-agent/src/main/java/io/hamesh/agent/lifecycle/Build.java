package io.hamesh.agent.lifecycle;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The build that runs. With an AOT cache made from another jar the JVM runs that jar's code and says nothing
 * (JDK-8377932). So the training run notes its jar, and each later start compares.
 *
 * @param jar the jar that was started
 * @param id a checksum of it
 */
public record Build(Path jar, String id) {
    /** The build of the jar that {@code type} was started from, or empty where it was no jar. */
    public static Optional<Build> of(Class<?> type) throws IOException {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null) {
            return Optional.empty();
        }
        try {
            Path jar = Path.of(source.getLocation().toURI());
            return Files.isRegularFile(jar) ? Optional.of(of(jar)) : Optional.empty();
        } catch (URISyntaxException e) {
            throw new IOException("not a path: " + source.getLocation(), e);
        }
    }

    static Build of(Path jar) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(Files.readAllBytes(jar));
        return new Build(jar, "%08x".formatted(sum.getValue()));
    }

    /** Notes that the AOT cache is made from this build. */
    public void noteTrained() throws IOException {
        Files.writeString(note(), id);
    }

    /** The build that the AOT cache was made from, where it is another one. */
    public Optional<String> staleCache() throws IOException {
        if (!Files.exists(note())) {
            return Optional.empty();
        }
        return Optional.of(Files.readString(note()).strip()).filter(trained -> !trained.equals(id));
    }

    private Path note() {
        return jar.resolveSibling(jar.getFileName() + ".trained");
    }
}
