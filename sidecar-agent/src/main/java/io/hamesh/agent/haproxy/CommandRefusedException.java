package io.hamesh.agent.haproxy;

import java.io.IOException;

/** HAProxy answered, but did not do it. Names the command's verb; what was sent with it may be a key. */
public final class CommandRefusedException extends IOException {
    private static final long serialVersionUID = 1;
    private static final int LONGEST = 200;

    CommandRefusedException(String verb, String answer) {
        super("HAProxy refused `" + verb + "`: " + firstLine(answer));
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
