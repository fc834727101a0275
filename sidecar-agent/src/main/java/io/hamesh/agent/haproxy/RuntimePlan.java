package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.RuntimeCommand.AddServer;
import io.hamesh.agent.haproxy.RuntimeCommand.CloseDenied;
import io.hamesh.agent.haproxy.RuntimeCommand.RemoveServer;
import io.hamesh.agent.haproxy.RuntimeCommand.ReplaceLeaf;
import io.hamesh.agent.haproxy.RuntimeCommand.ReplacePolicy;
import io.hamesh.agent.haproxy.RuntimeCommand.ReplaceRoots;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.UpstreamState;
import io.hamesh.model.Upstream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The steps by which a HAProxy that runs one snapshot comes to run another: runtime commands, or a reload. */
public sealed interface RuntimePlan {
    /** No reload is needed: these commands, in this order. */
    record Commands(List<RuntimeCommand> commands) implements RuntimePlan {
        public Commands {
            commands = List.copyOf(commands);
        }
    }

    /** A reload is needed, because listeners, backends or their protocols change. */
    record Reload(String why) implements RuntimePlan {}

    /**
     * The plan from {@code applied} to {@code wanted}. The order of commands: the policy first, because a deny must not
     * wait; roots before the leaf that they signed; new servers before old ones go; denied streams last, when the
     * policy that keeps them from coming back is in force.
     */
    static RuntimePlan between(MeshSnapshot applied, MeshSnapshot wanted) {
        return structuralChange(applied, wanted)
                .<RuntimePlan>map(Reload::new)
                .orElseGet(() -> new Commands(commands(applied, wanted)));
    }

    private static Optional<String> structuralChange(MeshSnapshot applied, MeshSnapshot wanted) {
        if (!names(applied).equals(names(wanted))) {
            return Optional.of("the list of upstreams changed");
        }
        if (!applied.service().equals(wanted.service())) {
            return Optional.of("the pod's own settings changed");
        }
        if (!applied.pod().equals(wanted.pod())) {
            return Optional.of("the pod's addresses changed");
        }
        if (!applied.leaf().identity().equals(wanted.leaf().identity())) {
            return Optional.of("the pod's identity changed");
        }
        if (!applied.trustDomains().equals(wanted.trustDomains())) {
            return Optional.of("the pod moves from one trust domain to another");
        }
        for (int i = 0; i < wanted.upstreams().size(); i++) {
            Optional<String> change = structuralChange(
                    applied.upstreams().get(i), wanted.upstreams().get(i));
            if (change.isPresent()) {
                return change;
            }
        }
        return Optional.empty();
    }

    private static List<Upstream> names(MeshSnapshot snapshot) {
        return snapshot.upstreams().stream().map(UpstreamState::upstream).toList();
    }

    private static Optional<String> structuralChange(UpstreamState applied, UpstreamState wanted) {
        if (applied.protocol() != wanted.protocol()) {
            return Optional.of("the protocol of " + wanted.upstream().service() + " changed from "
                    + applied.protocol().id() + " to " + wanted.protocol().id());
        }
        if (!applied.identity().equals(wanted.identity())) {
            return Optional.of("the identity of " + wanted.upstream().service() + " changed");
        }
        if (wanted.protocol().isHttpLike() && !applied.redirect().equals(wanted.redirect())) {
            return Optional.of(
                    "what callers of " + wanted.upstream().service() + " are told about its redirect changed");
        }
        return Optional.empty();
    }

    private static List<RuntimeCommand> commands(MeshSnapshot applied, MeshSnapshot wanted) {
        List<RuntimeCommand> commands = new ArrayList<>();
        boolean inbound = wanted.service().port().isPresent();
        boolean judges = inbound && !applied.policy().equals(wanted.policy());
        // HAProxy has loaded roots and leaf only if the configuration refers to them.
        boolean tls = inbound || !wanted.upstreams().isEmpty();
        if (judges) {
            commands.add(new ReplacePolicy(applied.policy(), wanted.policy()));
        }
        if (tls && !applied.roots().equals(wanted.roots())) {
            commands.add(new ReplaceRoots(wanted.roots()));
        }
        if (tls && !applied.leaf().equals(wanted.leaf())) {
            commands.add(new ReplaceLeaf(wanted.leaf()));
        }
        endpoints(commands, applied, wanted, true);
        endpoints(commands, applied, wanted, false);
        if (judges) {
            commands.add(new CloseDenied(wanted.policy()));
        }
        return commands;
    }

    private static void endpoints(
            List<RuntimeCommand> commands, MeshSnapshot applied, MeshSnapshot wanted, boolean adding) {
        for (int i = 0; i < wanted.upstreams().size(); i++) {
            UpstreamState upstream = wanted.upstreams().get(i);
            List<Endpoint> before = applied.upstreams().get(i).endpoints();
            for (Endpoint endpoint :
                    without(adding ? upstream.endpoints() : before, adding ? before : upstream.endpoints())) {
                commands.add(adding ? new AddServer(upstream, endpoint) : new RemoveServer(upstream, endpoint));
            }
        }
    }

    private static List<Endpoint> without(List<Endpoint> all, List<Endpoint> these) {
        Set<Endpoint> known = new HashSet<>(these);
        return all.stream().filter(endpoint -> !known.contains(endpoint)).toList();
    }
}
