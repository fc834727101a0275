package io.hamesh.model;

import io.hamesh.model.ProbeTarget.Http;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The path of an {@code httpGet} as the kubelet would send it: any text is allowed in a pod, not all of it in a URI. */
public final class ProbePath {
    private static final Pattern TO_ENCODE = Pattern.compile("%(?![0-9A-Fa-f]{2})|" + Http.NO_PATH_CHARACTER);

    private ProbePath() {}

    /** With its query, without a fragment, from the root; what is encoded already stays so. */
    public static String encoded(String path) {
        int fragment = path.indexOf('#');
        String sent = fragment < 0 ? path : path.substring(0, fragment);
        String rooted = sent.startsWith("/") ? sent : "/" + sent;
        return TO_ENCODE.matcher(rooted).replaceAll(match -> Matcher.quoteReplacement(percent(match.group())));
    }

    private static String percent(String character) {
        StringBuilder out = new StringBuilder();
        for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
            out.append("%%%02X".formatted(b));
        }
        return out.toString();
    }
}
