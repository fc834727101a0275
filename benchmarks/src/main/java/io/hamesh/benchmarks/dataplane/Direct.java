package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import io.hamesh.benchmarks.dataplane.Load.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** No mesh at all. What caller, application and kernel take here is in all other figures, too. */
record Direct(Pods pods, Map<Protocol, Application> applications) implements Candidate {
    static final String NAME = "no mesh";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String described() {
        return "the caller calls the application's pod; the CPU is that of these two";
    }

    @Override
    public String address(Protocol protocol) {
        return pods.of(protocol).ip() + ":" + protocol.appPort();
    }

    @Override
    public List<Long> proxies(Protocol protocol) {
        return List.of(Objects.requireNonNull(applications.get(protocol)).process());
    }

    @Override
    public Outcome told(Outcome outcome) {
        return outcome.withOwn();
    }
}
