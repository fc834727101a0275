package io.hamesh.testbed.image;

import java.util.List;

/** An image that exists in the local builder: its reference, and other names that manifests use for it. */
public record Image(String reference, List<String> aliases) {
    public static Image of(String reference) {
        return new Image(reference, List.of());
    }

    public String repository() {
        return reference.substring(0, reference.lastIndexOf(':'));
    }

    public String tag() {
        return reference.substring(reference.lastIndexOf(':') + 1);
    }
}
