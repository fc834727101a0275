package io.hamesh.operator.openports;

import io.hamesh.model.MeshPorts;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The ports that a pod's application holds open beyond loopback, as the pod itself says. */
public record OpenPorts(SortedSet<Integer> ports) {
    public static final OpenPorts NONE = new OpenPorts(Collections.emptySortedSet());

    private static final String NOTHING = "none";

    /** Whoever is in the pod writes this: nothing but numbers gets any further. */
    private static final Pattern LIST = Pattern.compile("[0-9]{1,5}(,[0-9]{1,5}){0,63}");

    public OpenPorts {
        ports = Collections.unmodifiableSortedSet(new TreeSet<>(ports));
    }

    /** What {@code /open-ports} answered; empty for an agent that does not know, and for anything that is no answer. */
    static Optional<OpenPorts> parse(String answer) {
        String text = answer.strip();
        if (text.equals(NOTHING)) {
            return Optional.of(NONE);
        }
        if (!LIST.matcher(text).matches()) {
            return Optional.empty();
        }
        TreeSet<Integer> ports =
                Arrays.stream(text.split(",", -1)).map(Integer::valueOf).collect(Collectors.toCollection(TreeSet::new));
        return ports.stream().allMatch(MeshPorts::isValid) ? Optional.of(new OpenPorts(ports)) : Optional.empty();
    }

    public boolean isEmpty() {
        return ports.isEmpty();
    }

    /** For people: {@code 8080, 9090}. */
    @Override
    public String toString() {
        return ports.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
}
