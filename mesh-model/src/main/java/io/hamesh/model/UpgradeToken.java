package io.hamesh.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A protocol to which a connection may change over HTTP (RFC 9110, section 7.8): {@code tcp}, {@code SPDY/3.1}. */
public final class UpgradeToken {
    /** What each pod may have without asking for it. */
    public static final String WEBSOCKET = "websocket";

    public static final String RULE = "NAME or NAME/VERSION of letters, digits, '.', '_', '+' and '-', for example tcp";

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._+-]{1,32}(/[A-Za-z0-9._+-]{1,16})?");

    private UpgradeToken() {}

    public static boolean isValid(String token) {
        return TOKEN.matcher(token).matches();
    }

    /** HAProxy itself takes these off: HTTP/2 begins with TLS, or is known beforehand. */
    public static boolean isHttp2(String token) {
        return token.equalsIgnoreCase("h2c") || token.equalsIgnoreCase("h2");
    }

    /**
     * Reads {@code TOKEN,TOKEN}, blanks allowed, none for an empty text.
     *
     * @throws IllegalArgumentException naming the entry that is none, or is there twice
     */
    public static List<String> parseList(String text) {
        List<String> tokens = new ArrayList<>();
        for (String entry : text.isBlank() ? new String[0] : text.split(",", -1)) {
            String token = entry.strip();
            if (!isValid(token)) {
                throw new IllegalArgumentException("\"" + token + "\": expected " + RULE);
            }
            if (isHttp2(token)) {
                throw new IllegalArgumentException("\"" + token + "\": HTTP/2 needs no upgrade: leave it out, and set "
                        + Annotations.PROTOCOL + " to \"http2\" where the application speaks it alone");
            }
            if (tokens.stream().anyMatch(token::equalsIgnoreCase)) {
                throw new IllegalArgumentException(
                        "\"" + token.toLowerCase(Locale.ROOT) + "\" is there twice: keep one of them");
            }
            tokens.add(token);
        }
        return tokens;
    }
}
