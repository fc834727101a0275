package io.hamesh.agent.haproxy;

import static io.hamesh.agent.haproxy.MeshRow.http;

import io.hamesh.agent.haproxy.TalkingApp.Script;
import java.util.List;
import java.util.stream.Stream;

/** Requests over HTTP/1, as clients send them. */
final class HttpRows {
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private HttpRows() {}

    static Stream<MeshRow> all() {
        return Stream.of(requests(), bodies()).flatMap(List::stream);
    }

    private static List<MeshRow> requests() {
        return List.of(
                asked("GET with headers of all kinds", """
                        GET /a HTTP/1.1
                        Host: shop:8080
                        X-Twice: one
                        x_under_score: 1
                        X-Dot.ted~: 2
                        X-Twice: two, three
                        X-Empty:
                        X-Latin: caf\u00e9
                        Cookie: a=1; b="2"
                        Accept: */*
                        Authorization: Bearer x
                        X-Forwarded-For: 192.0.2.1
                        Forwarded: for=192.0.2.1
                        TE: trailers

                        """),
                asked("paths as they are", """
                        GET //a/../%2e%2F%61;x=1//?q=%20+&%zz=~&&= HTTP/1.1
                        Host: x

                        """),
                asked("OPTIONS *", "OPTIONS * HTTP/1.1\nHost: x\n\n"),
                asked("absolute form", "GET http://x/a HTTP/1.1\nHost: x\n\n"),
                asked("method of its own", "PROPFIND / HTTP/1.1\nHost: x\nDepth: 1\n\n"),
                asked("method in lower case", "get / HTTP/1.1\nHost: x\n\n"),
                asked("90 headers", "GET / HTTP/1.1\nHost: x\n" + "X-A: 1\n".repeat(89) + "\n"),
                asked("head of 12 kB", "GET / HTTP/1.1\nHost: x\nCookie: " + "a".repeat(12_000) + "\n\n"),
                asked("URL of 12 kB", "GET /" + "a".repeat(12_000) + " HTTP/1.1\nHost: x\n\n"),
                http(
                        "head that comes in pieces",
                        client -> {
                            client.say("GET / HT");
                            client.pause(150);
                            client.say("TP/1.1\r\nHost: ");
                            client.pause(150);
                            client.say("x\r\n\r\n");
                            ok(client);
                        },
                        HttpRows::answer),
                http(
                                "two requests on one connection",
                                client -> {
                                    client.say("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
                                    ok(client);
                                    client.say("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
                                    ok(client);
                                },
                                HttpRows::answer)
                        .times(2),
                http(
                                "two requests at once",
                                client -> {
                                    client.say("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
                                    ok(client);
                                    ok(client);
                                },
                                HttpRows::answer)
                        .times(2),
                http(
                        "HTTP/1.0",
                        client -> {
                            client.say("GET /a HTTP/1.0\r\n\r\n");
                            client.head();
                            client.rest();
                        },
                        app -> {
                            app.head();
                            app.say("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello");
                            app.close();
                        }),
                http(
                        "HTTP/1.0 that keeps the connection",
                        client -> {
                            client.say("GET /a HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n");
                            ok(client);
                        },
                        app -> {
                            app.head();
                            app.say("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok");
                        }));
    }

    private static List<MeshRow> bodies() {
        return List.of(
                sent(
                        "GET with a body",
                        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
                        app -> app.body(3)),
                sent(
                        "DELETE with a body",
                        "DELETE /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
                        app -> app.body(3)),
                sent("POST of nothing", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", app -> {}),
                sent(
                        "POST of a megabyte",
                        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + "0123456789".repeat(100_000),
                        app -> app.body(1_000_000)),
                sent(
                        "chunks, an extension",
                        "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
                        Conversation::chunks),
                http(
                        "chunks that come slowly",
                        client -> {
                            client.say("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
                            client.pause(1100);
                            client.say("1\r\nd\r\n0\r\n\r\n");
                            ok(client);
                        },
                        app -> {
                            app.head();
                            app.chunks();
                            app.say(OK);
                        }),
                sent("trailers of a request", crlf("""
                                        POST / HTTP/1.1
                                        Host: x
                                        Transfer-Encoding: chunked
                                        Trailer: X-Sum

                                        3
                                        abc
                                        0
                                        X-Sum: 1

                                        """), Conversation::chunks)
                        .differs(
                                "no rule sees trailers, and some applications take them for headers: they go whole",
                                List.of("> HTTP/1.1 200 OK", "content-length: 2", "body: ok"),
                                List.of("> POST / HTTP/1.1", "host: x", "transfer-encoding: chunked", "chunks: abc")),
                http(
                        "early answer to a body that is on its way",
                        client -> {
                            client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n0123456789");
                            client.head();
                            client.body(2);
                        },
                        app -> {
                            app.head();
                            app.say(
                                    "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
                            app.finish();
                        }));
    }

    static String crlf(String text) {
        return text.replace("\n", "\r\n");
    }

    /** Answered by {@link #OK}. */
    static MeshRow asked(String name, String request) {
        return sent(name, crlf(request), app -> {});
    }

    private static MeshRow sent(String name, String request, Script body) {
        return http(
                name,
                client -> {
                    client.say(request);
                    ok(client);
                },
                app -> {
                    app.head();
                    body.run(app);
                    app.say(OK);
                });
    }

    static void answer(Conversation app) throws java.io.IOException {
        app.head();
        app.say(OK);
    }

    static void ok(Conversation client) throws java.io.IOException {
        client.head();
        client.body(2);
    }
}
