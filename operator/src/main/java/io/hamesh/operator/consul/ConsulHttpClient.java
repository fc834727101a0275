package io.hamesh.operator.consul;

import java.time.Duration;
import org.apache.http.HttpRequest;
import org.apache.http.HttpRequestInterceptor;
import org.apache.http.client.HttpClient;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.impl.client.DefaultHttpRequestRetryHandler;
import org.apache.http.impl.client.HttpClients;

/** What {@code consul-api} sends its requests with: nothing of it goes elsewhere, and no write goes twice. */
final class ConsulHttpClient {
    private static final Duration CONNECT = Duration.ofSeconds(3);

    /** Consul takes 200 of one address ({@code limits.http_max_conns_per_client}). */
    private static final int CONNECTIONS = 100;

    private static final String TOKEN = "X-Consul-Token";

    private ConsulHttpClient() {}

    /** @param patience how long to wait for one of the connections, where all are in use */
    static HttpClient of(Duration patience) {
        RequestConfig limits = RequestConfig.custom()
                .setConnectTimeout(Math.toIntExact(CONNECT.toMillis()))
                .setConnectionRequestTimeout(Math.toIntExact(patience.toMillis()))
                .build();
        return HttpClients.custom()
                .setUserAgent("hamesh-operator")
                .setDefaultRequestConfig(limits)
                .setRequestExecutor(CallLimit.executor())
                .addInterceptorLast(withoutEmptyToken())
                .setRetryHandler(new ReadsAgain())
                .setMaxConnTotal(CONNECTIONS)
                .setMaxConnPerRoute(CONNECTIONS)
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
    }

    /** {@code consul-api} sends one with some calls. */
    private static HttpRequestInterceptor withoutEmptyToken() {
        return (request, context) -> request.removeHeaders(TOKEN);
    }

    /** A kept connection may be closed by the server at the moment when it is used again. */
    private static final class ReadsAgain extends DefaultHttpRequestRetryHandler {
        ReadsAgain() {
            super(1, false);
        }

        @Override
        protected boolean handleAsIdempotent(HttpRequest request) {
            return request.getRequestLine().getMethod().equals("GET");
        }
    }
}
