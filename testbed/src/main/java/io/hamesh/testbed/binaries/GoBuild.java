package io.hamesh.testbed.binaries;

import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.host.Trees;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Builds a module's tools into the cache, once; an interrupted build leaves nothing that looks finished. */
final class GoBuild {
    private final Cache cache;
    private final Steps steps;
    private final String go;

    GoBuild(Cache cache, Steps steps) {
        this.cache = cache;
        this.steps = steps;
        this.go = findGo();
    }

    /** The folder with the module's programs. */
    Path ensure(GoModule module) {
        var goVersion =
                Command.of(go, "env", "GOVERSION", "GOARCH").in(module.folder()).output();
        var built = cache.binaries().resolve(module.name() + "-" + module.key(goVersion));
        if (Files.isDirectory(built)) {
            return built;
        }
        var packages =
                steps.step("downloading Go modules of " + module.name(), progress -> listPackages(module, progress));
        return steps.step("building " + module.name() + " (" + packages + " Go packages)", progress -> {
            var half = Trees.folder(cache.scratch().resolve(built.getFileName()));
            build(module, half, packages, progress);
            Trees.folder(cache.binaries());
            Trees.moveInPlace(half, built);
            progress.outcome(Trees.list(built).size() + " programs");
            return built;
        });
    }

    /** Downloads what the build needs, and no more, because listing its packages does. */
    private int listPackages(GoModule module, Steps.Progress progress) {
        var count = new AtomicInteger();
        Command.of(go, "list", "-deps", "-f", "{{.ImportPath}}")
                .and(module.packages())
                .in(module.folder())
                .with("CGO_ENABLED", "0")
                .eachLine(line -> {
                    if (line.startsWith("go: ")) {
                        progress.at(line.substring(4));
                    } else {
                        count.incrementAndGet();
                    }
                });
        return count.get();
    }

    private void build(GoModule module, Path target, int packages, Steps.Progress progress) {
        var compiled = new AtomicInteger();
        Command.of(go, "build", "-v", "-ldflags", module.linkerFlags(), "-o", target.toString())
                .and(module.packages())
                .in(module.folder())
                .with("CGO_ENABLED", "0")
                .eachLine(line -> progress.at(
                        "%d of at most %d compiled, now %s".formatted(compiled.incrementAndGet(), packages, line)));
    }

    private static String findGo() {
        if (Command.of("go", "version").run().ok()) {
            return "go";
        }
        var usual = Path.of("/usr/local/go/bin/go");
        if (Files.isExecutable(usual)) {
            return usual.toString();
        }
        throw new TestbedException("Go is missing: a native cluster is built from Go modules."
                + " Install Go 1.26 or newer and put it on the PATH.");
    }
}
