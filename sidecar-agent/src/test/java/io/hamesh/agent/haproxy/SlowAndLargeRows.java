package io.hamesh.agent.haproxy;

import static io.hamesh.agent.haproxy.HttpRows.OK;
import static io.hamesh.agent.haproxy.HttpRows.crlf;
import static io.hamesh.agent.haproxy.HttpRows.ok;
import static io.hamesh.agent.haproxy.MeshRow.http;

import java.util.List;
import java.util.stream.Stream;

/** What is slow, large or breaks off, over HTTP/1.1. */
final class SlowAndLargeRows {
    private static final int LARGE = 60_000;

    private SlowAndLargeRows() {}

    static Stream<MeshRow> all() {
        return Stream.of(slow(), hangUps(), heads()).flatMap(List::stream);
    }

    private static List<MeshRow> slow() {
        return List.of(
                http(
                        "small body that comes late",
                        client -> {
                            client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n");
                            client.pause(1200);
                            client.say("ab");
                            ok(client);
                        },
                        SlowAndLargeRows::answerToTwo),
                http(
                        "100-continue that the application gives",
                        client -> {
                            client.say(expecting());
                            client.head();
                            client.say("ab");
                            ok(client);
                        },
                        app -> {
                            app.head();
                            app.say("HTTP/1.1 100 Continue\r\n\r\n");
                            app.body(2);
                            app.say(OK);
                        }),
                http(
                        "100-continue that the application refuses",
                        client -> {
                            client.say(expecting());
                            client.head();
                        },
                        app -> {
                            app.head();
                            app.say("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
                        }));
    }

    private static List<MeshRow> hangUps() {
        return List.of(
                http(
                        "caller that hangs up while the application works on a GET",
                        client -> {
                            client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                            client.hear();
                            client.close();
                        },
                        app -> {
                            app.head();
                            app.tell();
                            app.end(3000);
                        }),
                http(
                        "caller that hangs up while the application works on a POST",
                        client -> {
                            client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
                            client.hear();
                            client.close();
                        },
                        app -> {
                            app.head();
                            app.body(2);
                            app.tell();
                            app.end(3000);
                        }),
                http(
                        "caller that leaves an event stream",
                        client -> {
                            client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                            client.head();
                            client.body(7);
                            client.close();
                        },
                        app -> {
                            app.head();
                            app.say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\ndata 1\n");
                            app.end(3000);
                        }));
    }

    private static List<MeshRow> heads() {
        return List.of(
                asked("cookie of 60 kB", "GET / HTTP/1.1\nHost: x\nCookie: " + "a".repeat(LARGE) + "\n\n"),
                asked("URL of 60 kB", "GET /" + "a".repeat(LARGE) + " HTTP/1.1\nHost: x\n\n"),
                asked(
                        "ten headers of 6 kB",
                        "GET / HTTP/1.1\nHost: x\n" + ("X-A: " + "a".repeat(LARGE / 10) + "\n").repeat(10) + "\n"),
                answered("head of 60 kB to a GET", "GET"),
                answered("head of 60 kB to a POST", "POST"));
    }

    /** Beyond ten seconds, for which nothing is asked on a connection. */
    static Stream<MeshRow> patient() {
        return Stream.of(http(
                "connection that is opened ahead",
                client -> {
                    client.pause(11_000);
                    client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                    ok(client);
                },
                HttpRows::answer));
    }

    private static MeshRow asked(String name, String request) {
        return http(
                name,
                client -> {
                    client.say(crlf(request));
                    ok(client);
                },
                HttpRows::answer);
    }

    private static MeshRow answered(String name, String method) {
        return http(
                name,
                client -> {
                    client.say(method + " / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
                    ok(client);
                },
                app -> {
                    app.head();
                    app.say("HTTP/1.1 200 OK\r\nX-A: " + "a".repeat(LARGE) + "\r\nContent-Length: 2\r\n\r\nok");
                });
    }

    private static String expecting() {
        return "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    }

    private static void answerToTwo(Conversation app) throws java.io.IOException {
        app.head();
        app.body(2);
        app.say(OK);
    }
}
