package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.Command;
import java.util.function.Supplier;

/** A proxy that the benchmark itself has started, and can start again. */
final class ProxyProcess {
    private final Background background;
    private final String name;
    private final Supplier<Command> command;
    private long id;

    private ProxyProcess(Background background, String name, Supplier<Command> command) {
        this.background = background;
        this.name = name;
        this.command = command;
        this.id = background.start(name, command.get());
    }

    /** @param command asked at each start: it may have to prepare something */
    static ProxyProcess start(Background background, String name, Supplier<Command> command) {
        return new ProxyProcess(background, name, command);
    }

    /** Another one after each restart. */
    long id() {
        return id;
    }

    /** Returns when the start began, by {@link BootClock}. */
    double restart() {
        background.stop(name);
        double began = BootClock.now();
        id = background.start(name, command.get());
        return began;
    }
}
