package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.Command;
import java.util.function.Supplier;

/** A proxy that the benchmark itself has started, and can start again. */
final class ProxyProcess {
    private final StartedProcesses processes;
    private final String name;
    private final Supplier<Command> command;
    private long id;

    private ProxyProcess(StartedProcesses processes, String name, Supplier<Command> command) {
        this.processes = processes;
        this.name = name;
        this.command = command;
        this.id = processes.start(name, command.get());
    }

    /** @param command asked at each start: it may have to prepare something */
    static ProxyProcess start(StartedProcesses processes, String name, Supplier<Command> command) {
        return new ProxyProcess(processes, name, command);
    }

    /** Another one after each restart. */
    long id() {
        return id;
    }

    /** Returns when the start began, by {@link BootClock}. */
    double restart() {
        processes.stop(name);
        double began = BootClock.now();
        id = processes.start(name, command.get());
        return began;
    }
}
