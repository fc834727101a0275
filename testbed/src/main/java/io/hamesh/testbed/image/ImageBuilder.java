package io.hamesh.testbed.image;

import io.hamesh.testbed.binaries.Binaries;
import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Checkout;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.image.ImageTool.Build;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes images that are not there yet; a tag is the hash of all that goes in, so the unchanged is never made again. */
public final class ImageBuilder {
    public static final String PREFIX = "localhost/hamesh/";

    private final Checkout checkout;
    private final ImageTool tool;
    private final Steps steps;
    private final BaseImages bases;

    public ImageBuilder(Cache cache, Checkout checkout, ImageTool tool, Steps steps) {
        this.checkout = checkout;
        this.tool = tool;
        this.steps = steps;
        this.bases = new BaseImages(cache, checkout, tool, steps);
    }

    /** One static program from the Go builds, by the Containerfile of its name in deploy/platform/images. */
    public Image platformImage(String name, Binaries binaries) {
        var context = binaries.folderOf(name);
        return build(name, checkout.at("deploy/platform/images/" + name + "/Containerfile"), context, Map.of());
    }

    /** One of the project's own images, by the Containerfile of its name in deploy/images. */
    public Image projectImage(String name, Map<String, String> baseOfArgument) {
        var arguments = new TreeMap<String, String>();
        if (!tool.reachesRegistries()) {
            baseOfArgument.forEach((argument, base) -> arguments.put(argument, bases.ensure(base)));
        }
        return build(name, checkout.at("deploy/images/" + name + "/Containerfile"), checkout.root(), arguments);
    }

    /** A base as it is, for what runs a distribution's program unchanged. */
    public Image baseImage(String name, List<String> aliases) {
        return new Image(bases.ensure(name), aliases);
    }

    private Image build(String name, Path containerfile, Path context, Map<String, String> arguments) {
        var untagged = new Build(PREFIX + name, containerfile, context, arguments);
        var reference = PREFIX + name + ":" + ContextHash.of(untagged);
        if (!tool.has(reference)) {
            steps.step("image " + name, progress -> {
                tool.build(new Build(reference, containerfile, context, arguments), progress::at);
                progress.outcome(reference);
                return reference;
            });
            dropOlder(name, reference);
        }
        return Image.of(reference);
    }

    private void dropOlder(String name, String current) {
        tool.references(PREFIX + name + ":").stream()
                .filter(reference -> !reference.equals(current))
                .forEach(tool::remove);
    }
}
