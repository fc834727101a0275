package io.hamesh.agent.haproxy;

import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Policy;
import io.hamesh.agent.snapshot.UpstreamState;
import java.util.List;

/** One change that HAProxy makes without a reload. Traffic sees the state before it or after it, nothing between. */
public sealed interface RuntimeCommand {
    /**
     * HAProxy judges by another policy from then on.
     *
     * @param former what it judges by until then
     */
    record ReplacePolicy(Policy former, Policy policy) implements RuntimeCommand {
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

    /** The server gets no new connection, and is deleted once the open ones have ended. */
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

    /** The kind of change, for logs: nothing of its content. */
    String verb();
}
