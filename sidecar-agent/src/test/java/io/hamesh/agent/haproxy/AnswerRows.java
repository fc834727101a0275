package io.hamesh.agent.haproxy;

import static io.hamesh.agent.haproxy.HttpRows.OK;
import static io.hamesh.agent.haproxy.HttpRows.asked;
import static io.hamesh.agent.haproxy.HttpRows.crlf;
import static io.hamesh.agent.haproxy.HttpRows.ok;
import static io.hamesh.agent.haproxy.MeshRow.http;

import io.hamesh.agent.haproxy.TalkingApp.Script;
import java.util.List;
import java.util.stream.Stream;

/** Answers over HTTP/1, and what becomes of upgrades. */
final class AnswerRows {
    private static final String HANDSHAKE = crlf("""
            GET /ws HTTP/1.1
            Host: x
            Connection: Upgrade
            Upgrade: WebSocket
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13

            """);

    private AnswerRows() {}

    static Stream<MeshRow> all() {
        return Stream.of(answers(), invalid(), upgrades()).flatMap(List::stream);
    }

    private static List<MeshRow> invalid() {
        return Stream.of(
                        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                        "X A: b\r\nContent-Length: 0",
                        "Content-Length: 1\r\nContent-Length: 2")
                .map(headers -> http(
                                "invalid answer: " + headers.replace("\r\n", ", "),
                                client -> {
                                    client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                                    client.status();
                                },
                                app -> {
                                    app.head();
                                    app.say("HTTP/1.1 200 OK\r\n" + headers + "\r\n\r\n");
                                })
                        .differs(
                                "what two recipients may read in two ways is not passed on; nor is it asked for again",
                                List.of("> HTTP/1.1 502"),
                                List.of("> GET / HTTP/1.1", "host: x")))
                .toList();
    }

    private static List<MeshRow> answers() {
        return List.of(
                http(
                                "HEAD",
                                client -> {
                                    client.say("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
                                    client.head();
                                    client.say("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
                                    ok(client);
                                },
                                app -> {
                                    String asked = app.head();
                                    app.say(
                                            asked.startsWith("HEAD")
                                                    ? "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
                                                    : OK);
                                })
                        .times(2),
                answered("204", "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", client -> {}),
                answered(
                        "304", "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 100\r\n\r\n", client -> {}),
                answered(
                        "status and words of its own",
                        "HTTP/1.1 799 As I Like It\r\nContent-Length: 1\r\n\r\nx",
                        client -> client.body(1)),
                answered(
                        "headers of all kinds",
                        "HTTP/1.1 200 Fine\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2; Path=/\r\nX_Under: 1\r\nServer: x\r\nDate: y\r\n"
                                + "Via: 1.1 z\r\nContent-Length: 1\r\n\r\nx",
                        client -> client.body(1)),
                answered(
                        "its own 421",
                        "HTTP/1.1 421 Misdirected Request\r\nContent-Length: 1\r\n\r\nx",
                        client -> client.body(1)),
                answered(
                        "its own 503",
                        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 1\r\n\r\nx",
                        client -> client.body(1)),
                answered(
                        "chunks and trailers",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
                        Conversation::chunks),
                answered("100 and 103 ahead", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK, client -> {
                    client.head();
                    client.body(2);
                }),
                answered(
                        "head of 12 kB",
                        "HTTP/1.1 200 OK\r\nX-A: " + "a".repeat(12_000) + "\r\nContent-Length: 0\r\n\r\n",
                        client -> {}),
                http(
                        "answer that ends with the connection",
                        client -> {
                            client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                            client.head();
                            client.rest();
                        },
                        app -> {
                            app.head();
                            app.say("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello");
                            app.close();
                        }),
                http(
                        "answer that breaks off",
                        client -> {
                            client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                            client.head();
                            client.rest();
                        },
                        app -> {
                            app.head();
                            app.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
                            app.close();
                        }),
                http(
                        "events, one by one",
                        client -> {
                            client.say("GET / HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
                            client.head();
                            client.body(7);
                            client.tell();
                            client.body(7);
                        },
                        app -> {
                            app.head();
                            app.say(
                                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 1000\r\n\r\ndata 1\n");
                            app.hear();
                            app.say("data 2\n");
                        }));
    }

    private static List<MeshRow> upgrades() {
        return List.of(
                http(
                        "WebSocket",
                        client -> {
                            client.say(HANDSHAKE);
                            client.head();
                            client.body(2);
                            client.say("ho");
                            client.rest();
                        },
                        app -> {
                            app.head();
                            app.say(crlf("""
                                    HTTP/1.1 101 Switching Protocols
                                    Connection: Upgrade
                                    Upgrade: websocket
                                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

                                    """) + "hi");
                            app.body(2);
                            app.say("bye");
                            app.close();
                        }),
                http(
                        "WebSocket that the application refuses",
                        client -> {
                            client.say(HANDSHAKE);
                            ok(client);
                        },
                        HttpRows::answer),
                http(
                                "WebSocket without its key",
                                client -> {
                                    client.say(HANDSHAKE.replaceFirst("Sec-WebSocket-Key.*\r\n", ""));
                                    client.status();
                                },
                                HttpRows::answer)
                        .differs(
                                "no handshake without a key (RFC 6455, section 4.1): HAProxy refuses it",
                                List.of("> HTTP/1.1 400"),
                                List.of()),
                asked("another upgrade", "GET / HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: h2c, TLS/1.2\n\n")
                        .differs(
                                "bytes of another protocol could name any caller: hamesh.io/upgrades asks for it",
                                List.of("> HTTP/1.1 200 OK", "content-length: 2", "body: ok"),
                                List.of("> GET / HTTP/1.1", "host: x")),
                http(
                                "CONNECT",
                                client -> {
                                    client.say("CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n");
                                    client.head();
                                },
                                HttpRows::answer)
                        .differs(
                                "HAProxy would tunnel what comes next, and it could name any caller",
                                List.of("> HTTP/1.1 403 Forbidden", "content-length: 0", "x-hamesh-denied: connect"),
                                List.of()));
    }

    private static MeshRow answered(String name, String answer, Script body) {
        return http(
                name,
                client -> {
                    client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                    client.head();
                    body.run(client);
                },
                app -> {
                    app.head();
                    app.say(answer);
                });
    }
}
