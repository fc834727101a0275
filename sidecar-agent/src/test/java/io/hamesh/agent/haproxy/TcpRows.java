package io.hamesh.agent.haproxy;

import static io.hamesh.agent.haproxy.MeshRow.tcp;

import java.util.List;

/** TCP, of which the mesh knows nothing but bytes and ends. */
final class TcpRows {
    private TcpRows() {}

    static List<MeshRow> all() {
        String much = "0123456789".repeat(100_000);
        return List.of(
                tcp(
                        "server that speaks first",
                        client -> {
                            client.body(5);
                            client.say("hello");
                            client.body(3);
                        },
                        app -> {
                            app.say("ready");
                            app.body(5);
                            app.say("bye");
                        }),
                tcp(
                        "client that half closes and waits for the answer",
                        client -> {
                            client.say("ask");
                            client.finish();
                            client.rest();
                        },
                        app -> {
                            app.rest();
                            app.pause(300);
                            app.say("answer");
                            app.close();
                        }),
                tcp(
                        "server that half closes and goes on reading",
                        client -> {
                            client.rest();
                            client.say("late");
                            client.finish();
                        },
                        app -> {
                            app.say("all");
                            app.finish();
                            app.rest();
                        }),
                tcp(
                        "a megabyte each way",
                        client -> {
                            client.say(much);
                            client.body(much.length());
                        },
                        app -> {
                            app.body(much.length());
                            app.say(much);
                        }),
                tcp(
                        "bytes that look like HTTP or TLS",
                        client -> {
                            client.say("GET / HTTP/1.1\r\nConnection: close\r\n\r\n\u0016\u0003\u0001\u0000");
                            client.body(1);
                        },
                        app -> {
                            app.body(41);
                            app.say("\u0000");
                        }),
                tcp(
                        "client that resets",
                        client -> {
                            client.say("ask");
                            client.hear();
                            client.reset();
                        },
                        app -> {
                            app.body(3);
                            app.tell();
                            app.end(3000);
                        }),
                tcp("server that closes at once", client -> client.rest(), app -> {
                    app.body(0);
                    app.close();
                }),
                tcp(
                        "silence",
                        client -> {
                            client.pause(1000);
                            client.say("x");
                            client.body(1);
                        },
                        app -> {
                            app.body(1);
                            app.say("y");
                        }));
    }
}
