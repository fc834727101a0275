package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import io.hamesh.benchmarks.dataplane.Load.Outcome;
import io.hamesh.model.ContainerNames;
import io.hamesh.testbed.Platform;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.host.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** All candidates, up side by side and checked: each answers rightly and refuses whom it has to. */
final class Stage implements AutoCloseable {
    private final Programs programs;
    private final Pods pods;
    private final Map<Protocol, Application> applications;
    private final List<Candidate> candidates;
    private final MeshChecks meshChecks;
    private final KeptConfigurations configurations;
    private final SteadyProxies steadyProxies = new SteadyProxies();

    /** Two Consuls, each of which is a foreign CA to the other's mesh. */
    private final List<ConsulApi> authorities;

    private final StartedProcesses processes;

    /** What is to be closed, the last one first. */
    private final List<Runnable> leftovers = new ArrayList<>();

    /** Brings up what is missing of the test cluster, too, and leaves that up. */
    static Stage set(Steps steps) {
        return set(steps, true);
    }

    /** The same with HAmesh and without a mesh, and nothing else. */
    static Stage setWithoutOthers(Steps steps) {
        return set(steps, false);
    }

    private static Stage set(Steps steps, boolean withOthers) {
        Platform platform = Platform.find(steps);
        platform.up();
        platform.installHamesh();
        return new Stage(platform, Programs.ensure(steps), withOthers, steps);
    }

    private Stage(Platform platform, Programs programs, boolean withOthers, Steps steps) {
        this.programs = programs;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "close")); // it may be interrupted at any moment
        boolean isSet = false;
        try {
            Path memory = temporaryMemory();
            leftovers.add(() -> Trees.deleteTree(memory));
            CpuGroup cpu = CpuGroup.open();
            leftovers.add(cpu::close);
            processes = new StartedProcesses();
            leftovers.add(processes::close);
            Lab lab = new Lab(platform);
            leftovers.add(lab::close);
            EmbeddedConsul embedded = EmbeddedConsul.of(platform);
            embedded.close();
            Pods started = steps.step("starting the pods of a caller and of the applications", progress -> lab.open());
            Map<Protocol, Application> listening =
                    Protocol.forEach(protocol -> Application.start(started, protocol, programs, processes));
            for (Pod pod : List.of(started.staying(), started.passing())) {
                Application.startNamed(pod, programs, processes);
            }
            steps.step("waiting for the pods to be in the mesh", progress -> {
                lab.awaitReady();
                return true;
            });
            leftovers.add(embedded::close);
            embedded.prepare(started);
            OtherConsul other = OtherConsul.start(started, programs.consul(), processes, memory);
            Hamesh hamesh = new Hamesh(lab, started, embedded.api(), haproxyVersion(platform));
            Direct direct = new Direct(started, listening);
            authorities = List.of(embedded.api(), other.api());
            List<Candidate> all = !withOthers
                    ? List.of(hamesh, direct)
                    : steps.step(
                            "starting the other candidates",
                            progress -> List.of(
                                    hamesh,
                                    LeanEnvoy.start(started, other.api(), programs, processes, memory),
                                    ConsulEnvoy.start(started, other, programs, processes, memory),
                                    BuiltInProxy.start(started, other, processes),
                                    direct));
            meshChecks = new MeshChecks(
                    started.caller(),
                    programs.load().toString(),
                    memory,
                    processes,
                    Impostor.start(started.of(Protocol.HTTP), programs, processes, memory));
            configurations = KeptConfigurations.besideLogs();
            share(cpu, all);
            for (Pod pod : List.of(started.neighbour(), started.staying(), started.passing())) {
                cpu.take(pod.processes(ContainerNames.HAPROXY));
            }
            pods = started;
            applications = listening;
            candidates = all;
            steps.step("checking that each answers rightly and refuses whom it has to", progress -> {
                check(progress::at);
                return true;
            });
            isSet = true;
        } finally {
            if (!isSet) {
                close();
            }
        }
    }

    /** On no disk: there are private keys in it. */
    private static Path temporaryMemory() {
        try {
            Path folder = Path.of("/dev/shm/hamesh-benchmark");
            Trees.deleteTree(folder); // of one that was killed
            return Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void share(CpuGroup cpu, List<Candidate> candidates) {
        for (Protocol protocol : Protocol.values()) {
            candidates.forEach(candidate -> cpu.take(candidate.proxies(protocol)));
        }
        cpu.take(List.of(ProcessHandle.current().pid())); // what it starts is in its group: the caller
    }

    /** Fails if a candidate answers wrongly, or lets in whom it should refuse. */
    void check() {
        check(name -> {});
    }

    private void check(Consumer<String> progress) {
        for (Candidate candidate : candidates) {
            progress.accept(candidate.name());
            ConsulApi own = candidate instanceof Mesh mesh ? mesh.authority() : authorities.getFirst();
            meshChecks.check(
                    candidate,
                    authorities.stream()
                            .filter(authority -> !authority.equals(own))
                            .findFirst()
                            .orElseThrow());
        }
    }

    List<Candidate> candidates() {
        return candidates;
    }

    Hamesh hamesh() {
        return only(Hamesh.class);
    }

    Direct direct() {
        return only(Direct.class);
    }

    private <T extends Candidate> T only(Class<T> kind) {
        return candidates.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst()
                .orElseThrow();
    }

    Stream<Mesh> meshes() {
        return candidates.stream().filter(Mesh.class::isInstance).map(Mesh.class::cast);
    }

    Pods pods() {
        return pods;
    }

    Programs programs() {
        return programs;
    }

    /** Calls by way of a candidate. */
    Outcome measure(Candidate candidate, Load load, Duration warmUp, Duration duration) {
        Application application = Objects.requireNonNull(applications.get(load.protocol()));
        Outcome outcome = steadyProxies.measured(
                candidate.name() + ", " + load,
                () -> candidate.proxies(load.protocol()),
                proxies -> load.run(
                        pods.caller(),
                        programs.load().toString(),
                        candidate.address(load.protocol()),
                        application.counts(),
                        warmUp,
                        duration,
                        proxies));
        return candidate.told(outcome);
    }

    /** What a mesh's proxies agree on at a new connection. Call it while nothing is measured. */
    Handshakes handshakes(Mesh mesh) {
        return Handshakes.between(
                pods.caller(), pods.of(Protocol.TCP), mesh, programs.load().toString());
    }

    KeptConfigurations configurations() {
        return configurations;
    }

    SteadyProxies steadyProxies() {
        return steadyProxies;
    }

    /** Does something while these commands run. Fails if one of them ends before. */
    void during(List<Command> commands, Runnable work) {
        for (int i = 0; i < commands.size(); i++) {
            processes.start("meanwhile-" + i, commands.get(i));
        }
        work.run();
        for (int i = 0; i < commands.size(); i++) {
            processes.stop("meanwhile-" + i);
        }
    }

    private static String haproxyVersion(Platform platform) {
        return platform.kubectl(
                        "exec", "-n", Lab.NAMESPACE, Lab.CALLER, "-c", ContainerNames.HAPROXY, "--", "haproxy", "-v")
                .lines()
                .findFirst()
                .orElse("")
                .replaceAll("^HAProxy version ([^ ]+) .*", "$1");
    }

    @Override
    public synchronized void close() {
        for (Runnable leftover : leftovers.reversed()) {
            try {
                leftover.run();
            } catch (RuntimeException e) {
                System.err.println("benchmarks/dataplane: not cleaned up: " + e.getMessage());
            }
        }
        leftovers.clear();
    }
}
