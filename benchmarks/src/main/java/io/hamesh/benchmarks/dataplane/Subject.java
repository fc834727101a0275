package io.hamesh.benchmarks.dataplane;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * Something that one write to Consul ends and another one begins again, and that is seen in answers over HTTP.
 *
 * @param ending what its end is called in the table
 * @param beginning the same of its begin
 * @param target that is called
 * @param by the name of the application whose answers are meant, while each call has to be answered; empty: whether calls are
 *     answered at all
 */
record Subject(
        @JsonIgnore String ending,
        @JsonIgnore String beginning,
        String consul,
        String target,
        String by,
        Write end,
        Write begin) {
    static Subject intention(ConsulApi consul, String target, String source, String destination) {
        return new Subject(
                "deny",
                "allow",
                consul.address(),
                target,
                "",
                Intentions.write(source, "deny", destination),
                Intentions.write(source, "allow", destination));
    }

    /** @param by the name of the application behind the endpoint */
    static Subject endpoint(ConsulApi consul, String target, ProxyInstance endpoint, String by) {
        return new Subject(
                "endpoint gone",
                "endpoint new",
                consul.address(),
                target,
                by,
                endpoint.deregistered(),
                endpoint.registered());
    }
}
