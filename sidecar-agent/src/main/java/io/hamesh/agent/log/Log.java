package io.hamesh.agent.log;

import java.io.PrintStream;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes one event a line, {@code time=… level=info event=applied upstreams=2 ms=14}. Values are quoted where they hold
 * blanks, quotes or controls, so that a line stays one event whoever made the value. Never pass it a key or a PEM.
 */
public final class Log {
    private final PrintStream out;
    private final Clock clock;

    public Log(PrintStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    /** To standard output, with the system's time. */
    public static Log toStandardOutput() {
        return new Log(System.out, Clock.systemUTC());
    }

    /** Something that happened; {@code pairs} is key, value, key, value… */
    public void info(String event, @Nullable Object... pairs) {
        write("info", event, pairs);
    }

    /** Something that a person should look at; {@code pairs} as in {@link #info}. */
    public void warn(String event, @Nullable Object... pairs) {
        write("warn", event, pairs);
    }

    private void write(String level, String event, @Nullable Object... pairs) {
        StringBuilder line = new StringBuilder(160);
        line.append("time=").append(clock.instant().truncatedTo(ChronoUnit.MILLIS));
        line.append(" level=").append(level).append(" event=");
        value(line, event);
        for (int i = 0; i + 1 < pairs.length; i += 2) {
            line.append(' ').append(pairs[i]).append('=');
            value(line, String.valueOf(pairs[i + 1]));
        }
        if (pairs.length % 2 != 0) { // forgotten by whoever wrote the call, and no less worth reading
            line.append(" unnamed=");
            value(line, String.valueOf(pairs[pairs.length - 1]));
        }
        // One call, so that lines of several threads do not mix.
        out.println(line);
    }

    private static void value(StringBuilder line, String text) {
        if (!text.isEmpty() && text.chars().allMatch(Log::isPlain)) {
            line.append(text);
            return;
        }
        line.append('"');
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                default -> line.append(c < ' ' || c == 0x7f ? '?' : (char) c);
            }
        });
        line.append('"');
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c != '"' && c != '\\' && c != '=' && c != 0x7f;
    }
}
