package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.RuntimeCommand.AddServer;
import io.hamesh.agent.haproxy.RuntimeCommand.CloseDenied;
import io.hamesh.agent.haproxy.RuntimeCommand.RemoveServer;
import io.hamesh.agent.haproxy.RuntimeCommand.ReplaceLeaf;
import io.hamesh.agent.haproxy.RuntimeCommand.ReplacePolicy;
import io.hamesh.agent.haproxy.RuntimeCommand.ReplaceRoots;
import io.hamesh.agent.haproxy.RuntimePlan.Commands;
import io.hamesh.agent.haproxy.RuntimePlan.Reload;
import io.hamesh.agent.haproxy.config.HaproxyConfig;
import io.hamesh.agent.haproxy.config.IntentionMap;
import io.hamesh.agent.haproxy.config.Layout;
import io.hamesh.agent.haproxy.config.Pem;
import io.hamesh.agent.haproxy.config.RenderedFiles;
import io.hamesh.agent.haproxy.config.Salt;
import io.hamesh.agent.haproxy.config.ServerLine;
import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.AgentStatus;
import io.hamesh.agent.snapshot.DataPlane;
import io.hamesh.agent.snapshot.DataPlaneException;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.Policy;
import io.hamesh.haproxy.Cli;
import io.hamesh.haproxy.CliSocket;
import io.hamesh.haproxy.CommandRefusedException;
import io.hamesh.haproxy.RuntimeApi;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the pod's HAProxy run a snapshot, by runtime commands if it can and by a reload if it must. Writes the files
 * from which HAProxy starts as well. Remembers what HAProxy runs, so it is for one thread.
 */
public final class HaproxyApplier implements DataPlane {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A command that comes during a start or a reload may never be answered. Then it is better to ask again soon. */
    private static final Duration SHORT_PATIENCE = Duration.ofSeconds(1);

    private static final Duration RELOAD_PATIENCE = Duration.ofSeconds(60);

    /** What HAProxy runs, and the files that say so. */
    private record Applied(MeshSnapshot snapshot, RenderedFiles files) {}

    private final Layout layout;
    private final Log log;
    private final FilesOnDisk disk;
    private final MasterCli master;
    private final Cli cli;
    private final RuntimeApi api;
    private final PublishedStatus status;
    private final RefusedConnections refused;
    private final WorkersLeftBehind leftBehind;
    private final Duration startPatience;

    /**
     * What HAProxy runs. Null when that is not known: at the start, or after a step that failed. The next one is a
     * reload.
     */
    private @Nullable Applied applied;

    /** What HAProxy ran last. It can be started from these files. */
    private @Nullable Applied good;

    private @Nullable HaproxyProcess process;
    private @Nullable ServerDrain drain;
    private long reloads;

    public HaproxyApplier(Log log) {
        this(Layout.IN_POD, log, Duration.ofSeconds(30));
    }

    /** @param startPatience how long a HAProxy that is starting is waited for */
    HaproxyApplier(Layout layout, Log log, Duration startPatience) {
        this.layout = layout;
        this.log = log;
        this.startPatience = startPatience;
        this.disk = new FilesOnDisk(layout);
        this.master = new MasterCli(
                new CliSocket(layout.masterSocket(), SHORT_PATIENCE),
                new CliSocket(layout.masterSocket(), RELOAD_PATIENCE));
        this.cli = new CliSocket(layout.adminSocket(), PATIENCE);
        this.api = new RuntimeApi(cli);
        this.status = new PublishedStatus(layout, disk, api);
        Cli worker = new CliSocket(layout.adminSocket(), SHORT_PATIENCE);
        this.refused = new RefusedConnections(worker);
        this.leftBehind = new WorkersLeftBehind(master, worker, log);
    }

    @Override
    public long reloads() {
        return reloads;
    }

    @Override
    public long refusedConnections() {
        return applied == null ? 0 : refused.soFar();
    }

    @Override
    public void refresh() {
        leftBehind.count();
    }

    @Override
    public void publish(AgentStatus newest) throws DataPlaneException {
        try {
            status.publish(newest);
        } catch (IOException e) {
            throw new DataPlaneException("HAProxy was not told the agent's status: " + e.getMessage(), e);
        }
    }

    @Override
    public void apply(MeshSnapshot wanted) throws DataPlaneException, InterruptedException {
        long start = System.nanoTime();
        try {
            Salt salt = disk.salt();
            Applied next = new Applied(wanted, files(wanted, salt));
            ServerDrain servers = servers(salt);
            String how = advance(next, servers);
            log.info(
                    "applied",
                    "how",
                    how,
                    "ms",
                    Duration.ofNanos(System.nanoTime() - start).toMillis());
        } catch (IOException e) {
            throw new DataPlaneException("HAProxy did not take the snapshot: " + e.getMessage(), e);
        }
    }

    /** A deny must not wait for what it does not change. */
    private RenderedFiles files(MeshSnapshot wanted, Salt salt) {
        Applied before = applied;
        return before != null && before.snapshot().differsInPolicyAlone(wanted)
                ? HaproxyConfig.withPolicy(before.files(), wanted.policy())
                : new HaproxyConfig(layout).files(wanted, salt);
    }

    private ServerDrain servers(Salt salt) {
        ServerDrain known = drain;
        if (known == null) {
            known = new ServerDrain(api, new ServerLine(layout, salt));
            drain = known;
        }
        return known;
    }

    /** Returns what was done, for the log. */
    private String advance(Applied next, ServerDrain servers)
            throws IOException, DataPlaneException, InterruptedException {
        Applied before = applied;
        if (before == null) {
            return reload(next, servers, good == null ? "first snapshot of this agent" : "the last step failed");
        }
        return switch (RuntimePlan.between(before.snapshot(), next.snapshot())) {
            case Reload reload -> reload(next, servers, reload.why());
            case Commands plan -> runOrReload(plan.commands(), next, servers);
        };
    }

    private String runOrReload(List<RuntimeCommand> commands, Applied next, ServerDrain servers)
            throws IOException, DataPlaneException, InterruptedException {
        try {
            return run(commands, next, servers);
        } catch (IOException e) {
            log.warn("runtime-command-failed", "error", e.getMessage());
            return reload(next, servers, "a runtime command failed");
        }
    }

    private String run(List<RuntimeCommand> commands, Applied next, ServerDrain servers)
            throws IOException, DataPlaneException, InterruptedException {
        if (servers.isUnderWay() && isStartedAnew()) {
            servers.forget();
        }
        applied = null;
        disk.write(next.files());
        TreeMap<String, Integer> done = new TreeMap<>();
        for (RuntimeCommand command : commands) {
            done.merge(command.verb(), run(command, servers), Integer::sum);
        }
        servers.sweep();
        boolean unused = isStartedAnew(); // after the commands: each answer takes its time, and callers wait
        applied = next;
        good = next;
        return "commands" + done;
    }

    /** A HAProxy that was started anew came up from the files, so it runs what was applied last. Says it in the log. */
    private boolean isStartedAnew() throws IOException, DataPlaneException {
        HaproxyProcess now = HaproxyProcess.of(api.info());
        boolean another = !now.equals(process);
        if (another) {
            log.warn("haproxy-restarted", "pid", now.pid());
            process = now;
        }
        return another;
    }

    /** Returns how many changes that were: the closed streams of {@link CloseDenied}, otherwise one. */
    private int run(RuntimeCommand command, ServerDrain servers) throws IOException, InterruptedException {
        switch (command) {
            case AddServer add -> servers.add(add.upstream(), add.endpoint());
            case RemoveServer remove -> servers.remove(remove.upstream(), remove.endpoint());
            case ReplaceLeaf replace -> api.replaceCertificate(layout.file(Layout.LEAF), Pem.leaf(replace.leaf()));
            case ReplaceRoots replace -> api.replaceAuthorities(layout.file(Layout.ROOTS), replace.roots());
            case ReplacePolicy replace -> {
                IntentionMap.Change one = IntentionMap.onlyChange(replace.former(), replace.policy())
                        .orElse(null);
                if (one == null) {
                    replacePolicy(api, replace.policy());
                } else {
                    change(one);
                }
                judgeOldWorkers(replace.policy());
            }
            case CloseDenied close -> {
                return new DeniedStreams(cli, close.policy()).close() + closeInOldWorkers(close.policy());
            }
        }
        return 1;
    }

    /** By one answer of HAProxy's, where a whole policy takes three. */
    private void change(IntentionMap.Change change) throws IOException {
        Path map = layout.file(Layout.INTENTIONS);
        String source = change.source();
        if (change.now().isEmpty()) {
            api.deleteFromMap(map, source);
        } else if (change.former().isEmpty()) {
            api.addToMap(map, source, change.now().get().id());
        } else {
            api.setInMap(map, source, change.now().get().id());
        }
    }

    /** In one step: requests are judged by the old policy until HAProxy has the whole new one. */
    private void replacePolicy(RuntimeApi worker, Policy policy) throws IOException {
        worker.replaceMap(layout.file(Layout.INTENTIONS), IntentionMap.lines(policy));
    }

    private String reload(Applied next, ServerDrain servers, String why)
            throws IOException, DataPlaneException, InterruptedException {
        applied = null;
        status.ensureFile();
        disk.write(next.files());
        RuntimeApi starting = new RuntimeApi(new CliSocket(layout.adminSocket(), SHORT_PATIENCE));
        HaproxyStart start = new HaproxyStart(layout, master, starting);
        try {
            start.await(startPatience);
            master.reload();
        } catch (CommandRefusedException e) {
            // It goes on with what it ran; started anew it must be able to as well.
            Applied old = good;
            if (old != null) {
                disk.write(old.files());
            }
            throw new DataPlaneException(
                    "the reload failed, HAProxy keeps its old configuration: " + e.getMessage(), e);
        }
        reloads++;
        process = start.awaitServing(next.snapshot().pod(), PATIENCE);
        leftBehind.reloaded(next.snapshot().service().protocol());
        servers.forget();
        applied = next;
        good = next;
        if (next.snapshot().service().port().isPresent()) {
            Policy policy = next.snapshot().policy();
            judgeOldWorkers(policy);
            closeInOldWorkers(policy);
        }
        return "reload: " + why;
    }

    /** A worker that a reload left behind may still get requests, on kept-alive connections. */
    private void judgeOldWorkers(Policy policy) throws IOException {
        for (long pid : master.workers().old()) {
            try {
                replacePolicy(new RuntimeApi(master.worker(pid)), policy);
            } catch (IOException e) {
                failUnlessGone(pid, e);
            }
        }
    }

    private int closeInOldWorkers(Policy policy) throws IOException, InterruptedException {
        int closed = 0;
        for (long pid : master.workers().old()) {
            try {
                closed += new DeniedStreams(master.worker(pid), policy).close();
            } catch (IOException e) {
                failUnlessGone(pid, e);
            }
        }
        return closed;
    }

    private void failUnlessGone(long pid, IOException e) throws IOException {
        if (master.workers().old().contains(pid)) {
            log.warn("old-worker-not-told", "pid", pid, "error", e.getMessage());
        }
    }
}
