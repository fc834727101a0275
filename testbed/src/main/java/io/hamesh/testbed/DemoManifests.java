package io.hamesh.testbed;

import io.hamesh.testbed.host.Checkout;
import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.host.Trees;
import java.util.List;
import java.util.regex.Pattern;

/** Which images the demo's manifests name: where no registry has them, local ones are given these names. */
record DemoManifests(List<String> images) {
    private static final Pattern IMAGE = Pattern.compile("^\\s*(?:- )?image: *\"?([^\\s\"]+)\"?", Pattern.MULTILINE);

    // What containerd puts before a name without a registry; nothing is fetched from there.
    private static final String DEFAULT_REGISTRY = "docker.io/";

    static DemoManifests of(Checkout checkout) {
        return new DemoManifests(Trees.list(checkout.at("deploy/demo")).stream()
                .filter(file -> file.toString().endsWith(".yaml"))
                .flatMap(file -> IMAGE.matcher(Trees.read(file)).results())
                .map(match -> match.group(1))
                .distinct()
                .toList());
    }

    /** Full names, as containerd has them, of all that the manifests take from a repository. */
    List<String> namesOf(String repository) {
        var names = images.stream()
                .filter(image -> image.startsWith(repository + ":"))
                .map(image -> image.contains("/") ? DEFAULT_REGISTRY + image : DEFAULT_REGISTRY + "library/" + image)
                .toList();
        if (names.isEmpty()) {
            throw new TestbedException("deploy/demo names no image " + repository + ":TAG, only " + images);
        }
        return names;
    }
}
