package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.Policy;
import io.hamesh.model.ServiceSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns a snapshot into the files that HAProxy runs. No I/O: the same snapshot gives the same bytes. */
public final class HaproxyConfig {
    private final Layout layout;

    public HaproxyConfig(Layout layout) {
        this.layout = layout;
    }

    /** The whole of what HAProxy reads, as it is in every pod. */
    public static RenderedFiles render(MeshSnapshot snapshot, Salt salt) {
        return new HaproxyConfig(Layout.IN_POD).files(snapshot, salt);
    }

    public RenderedFiles files(MeshSnapshot snapshot, Salt salt) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put(Layout.ROOTS, Pem.roots(snapshot.roots()));
        files.put(Layout.LEAF, Pem.leaf(snapshot.leaf()));
        files.put(Layout.INTENTIONS, intentions(snapshot.policy()));
        files.put(Layout.CONFIG, config(new Sidecar(snapshot, layout, salt)));
        return new RenderedFiles(files);
    }

    /** The files of a snapshot that differs from that of {@code others} in its policy alone. */
    public static RenderedFiles withPolicy(RenderedFiles others, Policy policy) {
        Map<String, String> files = new LinkedHashMap<>(others.contents());
        files.put(Layout.INTENTIONS, intentions(policy));
        return new RenderedFiles(files);
    }

    private static String intentions(Policy policy) {
        return String.join("", IntentionMap.lines(policy));
    }

    private static String config(Sidecar sidecar) {
        Lines out = new Lines();
        sections(sidecar).forEach(section -> section.write(out));
        return out.toString();
    }

    /** In the order in which they stand in the file. */
    private static List<Section> sections(Sidecar sidecar) {
        List<Section> sections = new ArrayList<>();
        sections.add(new GlobalSection(sidecar));
        sections.add(new DefaultsSection(sidecar));
        sections.add(new TablesSection());
        sections.add(new OpsSection(sidecar));
        sections.add(new StatsSection(sidecar));
        sections.add(new ProbeSection(sidecar));
        ServiceSettings service = sidecar.service();
        service.port().ifPresent(port -> {
            sections.add(new InboundSection(sidecar));
            service.unsecuredPort().ifPresent(unsecured -> sections.add(new UnsecuredSection(sidecar, unsecured)));
            sections.add(new AppSection(sidecar, port));
        });
        sidecar.snapshot().upstreams().forEach(upstream -> sections.add(new UpstreamSection(sidecar, upstream)));
        return sections;
    }
}
