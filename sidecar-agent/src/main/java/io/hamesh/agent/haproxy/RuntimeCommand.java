package io.hamesh.agent.haproxy;

import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Policy;
import io.hamesh.agent.snapshot.UpstreamState;
import java.util.List;

/** One change that a running HAProxy takes. Each is whole: traffic sees the state before or the state after. */
public sealed interface RuntimeCommand {
    record ReplacePolicy(Policy policy) implements RuntimeCommand {
        @Override
        public String verb() {
            return "intentions";
        }
    }

    record ReplaceRoots(List<String> roots) implements RuntimeCommand {
        @Override
        public String verb() {
            return "roots";
        }
    }

    record ReplaceLeaf(Leaf leaf) implements RuntimeCommand {
        @Override
        public String verb() {
            return "leaf";
        }
    }

    record AddServer(UpstreamState upstream, Endpoint endpoint) implements RuntimeCommand {
        @Override
        public String verb() {
            return "add";
        }
    }

    /** No new connection; what is open may finish, and then the server goes. */
    record RemoveServer(UpstreamState upstream, Endpoint endpoint) implements RuntimeCommand {
        @Override
        public String verb() {
            return "remove";
        }
    }

    /** Ends the open streams of every source that {@code policy} denies, and of no other. */
    record CloseDenied(Policy policy) implements RuntimeCommand {
        @Override
        public String verb() {
            return "close-denied";
        }
    }

    /** For logs: what kind of change, none of its content. */
    String verb();
}
