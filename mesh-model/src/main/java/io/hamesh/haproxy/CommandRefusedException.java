package io.hamesh.haproxy;

import java.io.IOException;

/** HAProxy answered, but did not do what was asked. */
public final class CommandRefusedException extends IOException {
    private static final long serialVersionUID = 1;
    private static final int LONGEST = 200;

    /**
     * The message has the answer's first line, 200 characters of it at most.
     *
     * @param command for the message, without what may be secret: a payload may be a key
     */
    public CommandRefusedException(String command, String answer) {
        super("HAProxy refused `" + command + "`: " + firstLine(answer));
    }

    private static String firstLine(String answer) {
        String line = answer.lines()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("no answer");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST);
    }
}
