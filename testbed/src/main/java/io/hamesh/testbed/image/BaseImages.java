package io.hamesh.testbed.image;

import io.hamesh.testbed.host.AptSources;
import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Checkout;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Digest;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.host.Trees;
import io.hamesh.testbed.image.ImageTool.Build;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Base images from distribution packages, where no registry has one: deploy/platform/bases has the lists. */
final class BaseImages {
    static final String PREFIX = "localhost/hamesh-base/";
    // The first Debian with HAProxy 3.2.26, OpenJDK 25 and Redis 8.
    private static final String SUITE = "forky";
    private static final String KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

    private final Cache cache;
    private final Path folder;
    private final ImageTool tool;
    private final Steps steps;

    BaseImages(Cache cache, Checkout checkout, ImageTool tool, Steps steps) {
        this.cache = cache;
        this.folder = checkout.at("deploy/platform/bases");
        this.tool = tool;
        this.steps = steps;
    }

    /** The reference of a base, made if it is not there or its list changed. */
    String ensure(String name) {
        var packages = significantLines(Trees.read(folder.resolve(name + ".packages")));
        var arguments = significantLines(Trees.read(folder.resolve("mmdebstrap.args")));
        var reference = reference(name, packages, arguments);
        if (!tool.has(reference)) {
            steps.step("base image " + name + " from Debian " + SUITE, progress -> {
                make(reference, packages, arguments, progress);
                return reference;
            });
        }
        return reference;
    }

    static String reference(String name, List<String> packages, List<String> arguments) {
        var digest = new Digest().add(SUITE);
        packages.forEach(digest::add);
        arguments.forEach(digest::add);
        return PREFIX + name + ":" + digest.key();
    }

    /** A text file's lines without blank ones and comments. */
    static List<String> significantLines(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    private void make(String reference, List<String> packages, List<String> arguments, Steps.Progress progress) {
        var context = Trees.folder(cache.scratch().resolve(reference.replaceAll("[^A-Za-z0-9.-]", "_")));
        var tar = context.resolve("base.tar");
        // In namespaces of its own, so that an interrupted run leaves no mount and no process.
        Command.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "mmdebstrap", "--verbose")
                .and(arguments)
                .and("--keyring=" + KEYRING, "--include=" + String.join(",", packages))
                .and(SUITE, tar.toString(), AptSources.debianMirror(System.getenv()))
                .with("TMPDIR", context.toString())
                .eachLine(progress::at);
        var build = new Build(reference, folder.resolve("Containerfile"), context, Map.of("TAR", "base.tar"));
        tool.build(build, progress::at);
        progress.outcome("%d packages listed, %d MB"
                .formatted(packages.size(), tar.toFile().length() >> 20));
        Trees.deleteTree(context);
    }
}
