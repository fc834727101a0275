package io.hamesh.benchmarks.dataplane;

import io.hamesh.model.ContainerNames;
import io.hamesh.testbed.host.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One more pod of the caller's, with sidecars that start for the first time. */
record FreshPod(Lab lab, Programs programs) {
    private static final String NAME = Lab.CALLER + "-fresh";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /**
     * From the start of the later of the two sidecars' containers to the first answer through HAProxy. Neither the kubelet's
     * times do, which are whole seconds, nor a probe's, which comes once a second.
     */
    double secondsToFirstAnswer() {
        String uid = lab.createCaller(NAME);
        try {
            Wait.until("the network of pod " + NAME, PATIENCE, () -> holderOfNetwork(uid)
                    .isPresent());
            List<String> caller = FirstAnswer.command(programs, "127.0.0.1:" + Lab.upstream(Protocol.HTTP));
            double answered = FirstAnswer.await(Pod.enter(holderOfNetwork(uid).orElseThrow(), caller));
            Pod pod = lab.awaitRunning(NAME);
            return answered
                    - Math.max(
                            BootClock.start(pod.processes(ContainerNames.HAPROXY)),
                            BootClock.start(pod.processes(ContainerNames.AGENT)));
        } finally {
            lab.delete(NAME);
        }
    }

    /** The process that is there before all containers. */
    private static Optional<Long> holderOfNetwork(String uid) {
        return Pod.processesOf(uid).stream().filter(FreshPod::isPause).findFirst();
    }

    private static boolean isPause(long process) {
        try {
            return Files.readString(Path.of("/proc/" + process + "/comm"))
                    .strip()
                    .equals("pause");
        } catch (IOException e) {
            return false; // it has ended
        }
    }
}
