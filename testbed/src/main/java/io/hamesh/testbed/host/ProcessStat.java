package io.hamesh.testbed.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the kernel says of a process in {@code /proc/PID/stat}, see proc(5).
 *
 * @param state a letter, as {@code T} where it is stopped
 * @param startTicks when it was made, in clock ticks since the machine's start: the time of day of that would be another
 *     one once the machine's clock is put right
 */
public record ProcessStat(char state, long startTicks) {
    /** Counted from the state, which follows the program's name in parentheses. */
    private static final int START = 19;

    /** Empty where there is no such process. */
    public static Optional<ProcessStat> of(ProcessHandle process) {
        try {
            return Optional.of(parse(Files.readString(Path.of("/proc/" + process.pid() + "/stat"))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads such a file's text.
     *
     * @param stat {@code PID (NAME) STATE …}, where the name may have blanks and parentheses of its own
     */
    public static ProcessStat parse(String stat) {
        var words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new ProcessStat(words[0].charAt(0), Long.parseLong(words[START]));
    }

    /** A zombie is dead: with the parent killed as well, it may be long until somebody reaps it. */
    public boolean isAlive() {
        return state != 'Z' && state != 'X';
    }
}
