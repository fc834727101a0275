package io.hamesh.testbed.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Distribution packages: installed here when that can be done, else named in a command to run. */
public final class Packages {
    private Packages() {}

    /** Returns when all of these are there. */
    public static void ensure(List<Requirement> all, Steps steps) {
        var missing = Requirement.missing(all);
        if (missing.isEmpty()) {
            return;
        }
        if (!Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
            throw new TestbedException("missing on this machine, by their Debian names: " + String.join(" ", missing)
                    + "\nInstall what your distribution calls them, then run this again.");
        }
        steps.step("installing distribution packages " + String.join(" ", missing), progress -> {
            install(missing, progress);
            return missing;
        });
        var still = Requirement.missing(all);
        if (!still.isEmpty()) {
            throw new TestbedException("installed, yet not found: " + still + "\n" + installCommand(still));
        }
    }

    /** What a person would type. */
    public static String installCommand(List<String> packages) {
        return "apt-get update && apt-get install --no-install-recommends " + String.join(" ", packages);
    }

    private static void install(List<String> packages, Steps.Progress progress) {
        try {
            aptGet("update").eachLine(progress::at);
            aptGet("install", "--yes", "--no-install-recommends").and(packages).eachLine(progress::at);
        } catch (TestbedException e) {
            throw new TestbedException(e.getMessage() + "\nRun by hand: " + installCommand(packages), e);
        }
        progress.outcome("installed");
    }

    private static Command aptGet(String... words) {
        // A frozen mirror's Release file may have expired; another apt may hold the lock for a while.
        return Command.of("apt-get", "-o", "Acquire::Check-Valid-Until=false", "-o", "DPkg::Lock::Timeout=300")
                .and(words)
                .with("DEBIAN_FRONTEND", "noninteractive");
    }
}
