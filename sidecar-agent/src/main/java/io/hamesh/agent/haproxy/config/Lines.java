package io.hamesh.agent.haproxy.config;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HAProxy's configuration while it is written: sections, and the indented lines in them. In a block of lines
 * {@code <name>} stands for a value, as in HAProxy's manual.
 */
final class Lines {
    private static final Pattern NAME = Pattern.compile("<([a-z-]+)>");

    private final StringBuilder text;
    private final String end;

    Lines() {
        this(new StringBuilder(16_384), "\n");
    }

    private Lines(StringBuilder text, String end) {
        this.text = text;
        this.end = end;
    }

    /** Begins a section, with the line that names it: {@code frontend NAME from DEFAULTS}. */
    void section(String opening) {
        if (!text.isEmpty()) {
            text.append('\n');
        }
        text.append(opening).append('\n');
    }

    void line(String line) {
        text.append("  ").append(line).append(end);
    }

    void lines(String block) {
        block.lines().forEach(this::line);
    }

    /** @throws IllegalArgumentException when the block names a value that is not there */
    void lines(String block, Map<String, ?> values) {
        lines(NAME.matcher(block).replaceAll(name -> Matcher.quoteReplacement(value(name.group(1), values))));
    }

    private static String value(String name, Map<String, ?> values) {
        return Optional.ofNullable(values.get(name))
                .map(Object::toString)
                .orElseThrow(() -> new IllegalArgumentException("no value for <" + name + ">"));
    }

    /** The same section, in which each line that is written here holds only where {@code condition} does. */
    Lines when(String condition) {
        return new Lines(text, " if " + condition + "\n");
    }

    /** All that was written; the last section ends like every other. */
    @Override
    public String toString() {
        return text + "\n";
    }
}
