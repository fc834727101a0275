package io.hamesh.agent.haproxy;

import io.hamesh.agent.snapshot.Policy;
import io.hamesh.agent.snapshot.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Closes the open streams of sources that may no longer call. The inbound frontend tracks each stream under
 * {@code address:port|source} before it judges it; {@code show sess} has address and port, and the pointer to shut it down.
 *
 * <p>A pointer is used again as soon as its stream ends, perhaps for another source. So only streams that have lasted a
 * second are shut down, which do not end in the instant between look and cut; younger ones are looked at once more when
 * they have. Plain requests are over by then.
 */
final class DeniedStreams {
    private static final Pattern TRACKED = Pattern.compile("key=(\\S+)\\|(\\S+) use=([1-9]\\d*)");
    private static final Pattern STREAM =
            Pattern.compile("^(0x[0-9a-f]+): .* src=(\\S+) fe=" + InboundSection.FRONTEND + " ");
    private static final int OLD_SECONDS = 1;
    private static final Duration UNTIL_OLD = Duration.ofMillis(OLD_SECONDS * 1000 + 100);
    private static final int LOOKS = 5;

    private final Cli cli;
    private final Policy policy;

    DeniedStreams(Cli cli, Policy policy) {
        this.cli = cli;
        this.policy = policy;
    }

    /** How many were closed. The policy must be committed: whoever comes now is judged by it. */
    int close() throws IOException, InterruptedException {
        int closed = 0;
        for (int look = 0; look < LOOKS; look++) {
            for (String stream : denied("show sess older " + OLD_SECONDS)) {
                cli.ask("shutdown session " + stream);
                closed++;
            }
            if (denied("show sess").isEmpty()) {
                return closed;
            }
            Thread.sleep(UNTIL_OLD);
        }
        return closed;
    }

    private List<String> denied(String look) throws IOException {
        Map<String, String> sources = new HashMap<>();
        Matcher tracked = TRACKED.matcher(cli.ask("show table " + InboundSection.FRONTEND));
        while (tracked.find()) {
            sources.put(tracked.group(1), tracked.group(2));
        }
        if (sources.values().stream().allMatch(source -> policy.on(source) == Verdict.ALLOW)) {
            return List.of();
        }
        return cli.ask(look)
                .lines()
                .map(STREAM::matcher)
                .filter(Matcher::find)
                .filter(stream -> isDenied(sources.get(stream.group(2))))
                .map(stream -> stream.group(1))
                .toList();
    }

    /** A stream without an entry is new: it began after the table was read, so the new policy judged it. */
    private boolean isDenied(@Nullable String source) {
        return source != null && policy.on(source) == Verdict.DENY;
    }
}
