package io.hamesh.operator.consul;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.http.HttpRequest;
import org.apache.http.HttpRequestInterceptor;
import org.apache.http.client.HttpClient;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.impl.client.DefaultHttpRequestRetryHandler;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.protocol.HttpContext;

/** What {@code consul-api} sends its requests with: nothing of it goes elsewhere, and no write goes twice. */
final class ConsulHttpClient {
    private static final Duration CONNECT = Duration.ofSeconds(3);

    /** Consul takes 200 of one address ({@code limits.http_max_conns_per_client}). */
    private static final int CONNECTIONS = 100;

    /** Between two packets. {@link CallLimit} bounds the whole; unset, a new https connection would keep its handshake's. */
    private static final int NO_SOCKET_TIMEOUT = 0;

    /** How long a connection is kept that nobody uses. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final String TOKEN = "X-Consul-Token";

    private ConsulHttpClient() {}

    /** @param patience how long to wait for one of the connections, where all are in use */
    static HttpClient of(Duration patience) {
        RequestConfig limits = RequestConfig.custom()
                .setConnectTimeout(Math.toIntExact(CONNECT.toMillis()))
                .setConnectionRequestTimeout(Math.toIntExact(patience.toMillis()))
                .setSocketTimeout(NO_SOCKET_TIMEOUT)
                .build();
        return HttpClients.custom()
                .setUserAgent("hamesh-operator")
                .setDefaultRequestConfig(limits)
                .setRequestExecutor(CallLimit.executor())
                .addInterceptorLast(withoutToken())
                .setRetryHandler(new ReadsAgain())
                .evictIdleConnections(IDLE.toSeconds(), TimeUnit.SECONDS)
                .setMaxConnTotal(CONNECTIONS)
                .setMaxConnPerRoute(CONNECTIONS)
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
    }

    /** {@code consul-api} sends an empty one with some calls. No call has another one so far. */
    private static HttpRequestInterceptor withoutToken() {
        return (request, context) -> request.removeHeaders(TOKEN);
    }

    /** A kept connection may be closed by the server at the moment when it is used again. */
    private static final class ReadsAgain extends DefaultHttpRequestRetryHandler {
        ReadsAgain() {
            super(1, true); // sent or not: a read may come twice
        }

        @Override
        public boolean retryRequest(IOException failure, int attempt, HttpContext context) {
            return isRead(context) && !CallLimit.isOver() && super.retryRequest(failure, attempt, context);
        }

        /** The library would repeat a write, too, that was not sent whole. */
        private static boolean isRead(HttpContext context) {
            HttpRequest request = HttpClientContext.adapt(context).getRequest();
            return request.getRequestLine().getMethod().equals("GET");
        }
    }
}
