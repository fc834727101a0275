package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.config.InboundSection;
import io.hamesh.agent.snapshot.Policy;
import io.hamesh.agent.snapshot.SourceVerdict;
import io.hamesh.haproxy.Cli;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Closes the open streams of sources that may no longer call.
 *
 * <p>The inbound frontend has a stick table with an entry {@code address:port|source} for each stream. In
 * {@code show sess} a stream has its address and port, and the pointer by which it can be shut down. The two together
 * tell whose a stream is.
 *
 * <p>HAProxy uses a pointer again as soon as its stream has ended, perhaps for another source. So a stream is shut down
 * only if it is some seconds old or was there at the last look as well. Such a stream hardly ends in the moment between
 * {@code show sess} and the shutdown. Plain requests have ended by then.
 */
final class DeniedStreams {
    private static final Pattern TRACKED = Pattern.compile("key=(\\S+)\\|(\\S+) use=([1-9]\\d*)");
    private static final Pattern STREAM =
            Pattern.compile("^(0x[0-9a-f]+): .* src=(\\S+) fe=" + InboundSection.FRONTEND + " .* age=(\\S+) ");

    /** Ages in {@code show sess} of streams that may have begun just now: it subtracts whole seconds. */
    private static final Set<String> YOUNG = Set.of("0s", "1s");

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(300);
    private static final int LOOKS = 10;

    /** One stream of one connection, and whether it has lasted. */
    private record Stream(String pointer, String client, boolean old) {
        boolean isIn(List<Stream> others) {
            return others.stream()
                    .anyMatch(o -> o.pointer().equals(pointer) && o.client().equals(client));
        }
    }

    private final Cli cli;
    private final Policy policy;

    DeniedStreams(Cli cli, Policy policy) {
        this.cli = cli;
        this.policy = policy;
    }

    /**
     * Closes them, and returns how many. HAProxy must have the policy already, or sources that it denies could open new
     * ones.
     */
    int close() throws IOException, InterruptedException {
        int closed = 0;
        List<Stream> before = List.of();
        for (int look = 0; look < LOOKS; look++) {
            List<Stream> now = denied();
            if (now.isEmpty()) {
                return closed;
            }
            for (Stream stream : now) {
                if (stream.old() || stream.isIn(before)) {
                    cli.ask("shutdown session " + stream.pointer());
                    closed++;
                }
            }
            before = now;
            Thread.sleep(BETWEEN_LOOKS);
        }
        return closed;
    }

    private List<Stream> denied() throws IOException {
        Map<String, String> sources = new HashMap<>();
        Matcher tracked = TRACKED.matcher(cli.ask("show table " + InboundSection.FRONTEND));
        while (tracked.find()) {
            sources.put(tracked.group(1), tracked.group(2));
        }
        if (sources.values().stream().allMatch(source -> policy.on(source) == SourceVerdict.ALLOW)) {
            return List.of();
        }
        return cli.ask("show sess")
                .lines()
                .map(STREAM::matcher)
                .filter(Matcher::find)
                .filter(stream -> isDenied(sources.get(stream.group(2))))
                .map(stream -> new Stream(stream.group(1), stream.group(2), !YOUNG.contains(stream.group(3))))
                .toList();
    }

    /** A stream without an entry began after the table was read. So the new policy judged it. */
    private boolean isDenied(@Nullable String source) {
        return source != null && policy.on(source) == SourceVerdict.DENY;
    }
}
