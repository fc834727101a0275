package io.hamesh.testbed;

import io.hamesh.testbed.image.Image;
import java.util.List;

/** The images of this checkout, and the Helm values that make the chart use them. */
public record ProjectImages(Image operator, Image agent, Image haproxy, Image demoWww, Image redis, Image consul) {
    List<Image> all() {
        return List.of(operator, agent, haproxy, demoWww, redis, consul);
    }

    /** Values for {@code helm --values}; a later file or {@code --set} overrides them. */
    String helmValues() {
        return """
                image:
                  operator: {repository: %s, tag: "%s"}
                  agent: {repository: %s, tag: "%s"}
                  haproxy: {repository: %s, tag: "%s"}
                  pullPolicy: Never
                consul:
                  embedded:
                    enabled: true
                    image: {repository: %s, tag: "%s"}
                """.formatted(
                        operator.repository(),
                        operator.tag(),
                        agent.repository(),
                        agent.tag(),
                        haproxy.repository(),
                        haproxy.tag(),
                        consul.repository(),
                        consul.tag());
    }
}
