package io.hamesh.testbed;

import io.hamesh.testbed.binaries.Binaries;
import io.hamesh.testbed.cluster.Cluster;
import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Checkout;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.host.Trees;
import io.hamesh.testbed.image.Image;
import io.hamesh.testbed.image.ImageBuilder;
import io.hamesh.testbed.image.ImageTool;
import java.nio.file.Path;
import java.util.Map;

/** Which images there are, what each is built on, and under which names manifests know them. */
final class ImageSet {
    private static final String CONSUL = "hashicorp/consul:1.22.2";

    private final Cache cache;
    private final Checkout checkout;
    private final Cluster cluster;
    private final Steps steps;

    ImageSet(Cache cache, Checkout checkout, Cluster cluster, Steps steps) {
        this.cache = cache;
        this.checkout = checkout;
        this.cluster = cluster;
        this.steps = steps;
    }

    Path valuesFile() {
        return cache.helm().resolve("images.yaml");
    }

    ProjectImages buildAndLoad() {
        var tool = cluster.imageTool()
                .orElseThrow(() -> new TestbedException("an existing cluster takes its images from a registry:"
                        + " push them there, and name them in the chart's values (image.*.repository and tag)"));
        var images = build(tool);
        cluster.load(
                images.all().stream().filter(image -> isOurs(image.reference())).toList());
        Trees.folder(cache.helm());
        Trees.write(valuesFile(), images.helmValues());
        return images;
    }

    private ProjectImages build(ImageTool tool) {
        var builder = new ImageBuilder(cache, checkout, tool, steps);
        var demo = DemoManifests.of(checkout);
        var java = Map.of("BASE", "runtime", "JDK_BASE", "build");
        var www = builder.projectImage("demo-www", Map.of("BASE", "node"));
        return new ProjectImages(
                builder.projectImage("operator", java),
                builder.projectImage("agent", java),
                builder.projectImage("haproxy", Map.of("BASE", "runtime", "BUILD_BASE", "build")),
                new Image(www.reference(), demo.namesOf("hamesh/demo-www")),
                tool.reachesRegistries()
                        ? Image.of(demo.namesOf("redis").getFirst())
                        : builder.baseImage("redis", demo.namesOf("redis")),
                tool.reachesRegistries()
                        ? Image.of(CONSUL)
                        : builder.platformImage("consul", Binaries.ensure(cache, checkout, steps)));
    }

    /** What a registry has, the cluster fetches itself. */
    private static boolean isOurs(String reference) {
        return reference.startsWith("localhost/");
    }
}
