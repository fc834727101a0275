package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.Leaf;
import java.util.List;

/** PEM text as HAProxy takes it, in a file and as a runtime payload, which an empty line would end. */
public final class Pem {
    private Pem() {}

    public static String leaf(Leaf leaf) {
        return withoutEmptyLines(leaf.certificatePem()) + withoutEmptyLines(leaf.privateKeyPem());
    }

    static String roots(List<String> roots) {
        StringBuilder all = new StringBuilder();
        roots.forEach(root -> all.append(withoutEmptyLines(root)));
        return all.toString();
    }

    private static String withoutEmptyLines(String pem) {
        StringBuilder kept = new StringBuilder(pem.length() + 1);
        pem.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> kept.append(line)
                .append('\n'));
        return kept.toString();
    }
}
