package io.hamesh.operator.registration;

import io.hamesh.model.Upstream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** For people who look: Consul's transactions drop {@code Proxy.Upstreams}. */
final class UpstreamsMeta {
    private static final int MAX_VALUE = 512;
    private static final int MAX_PAIRS = 20;

    private UpstreamsMeta() {}

    static Map<String, String> of(List<Upstream> upstreams) {
        Map<String, String> meta = new HashMap<>();
        StringBuilder value = new StringBuilder();
        for (Upstream upstream : upstreams) {
            if (!value.isEmpty() && value.length() + 1 + upstream.toString().length() > MAX_VALUE) {
                flush(meta, value);
            }
            value.append(value.isEmpty() ? "" : ",").append(upstream);
        }
        flush(meta, value);
        return meta;
    }

    private static void flush(Map<String, String> meta, StringBuilder value) {
        if (!value.isEmpty() && meta.size() < MAX_PAIRS) {
            meta.put(meta.isEmpty() ? "upstreams" : "upstreams-" + (meta.size() + 1), value.toString());
        }
        value.setLength(0);
    }
}
