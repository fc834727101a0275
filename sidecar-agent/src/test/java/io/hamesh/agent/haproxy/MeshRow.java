package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.TalkingApp.Script;
import java.util.List;
import java.util.Optional;

/**
 * What a client and an application say to each other, once directly and once through two sidecars.
 *
 * @param exchanges how often the application's script ends
 * @param differs what each side sees through the mesh where that is not what it sees without, and why it may be so
 */
record MeshRow(String name, boolean http, int exchanges, Script client, Script app, Optional<Difference> differs) {
    /** @param reason why the mesh may do this */
    record Difference(String reason, List<String> client, List<String> app) {}

    static MeshRow http(String name, Script client, Script app) {
        return new MeshRow(name, true, 1, client, app, Optional.empty());
    }

    static MeshRow tcp(String name, Script client, Script app) {
        return new MeshRow(name, false, 1, client, app, Optional.empty());
    }

    MeshRow times(int number) {
        return new MeshRow(name, http, number, client, app, differs);
    }

    MeshRow differs(String reason, List<String> clientSaw, List<String> appSaw) {
        return new MeshRow(name, http, exchanges, client, app, Optional.of(new Difference(reason, clientSaw, appSaw)));
    }

    @Override
    public String toString() {
        return name;
    }
}
