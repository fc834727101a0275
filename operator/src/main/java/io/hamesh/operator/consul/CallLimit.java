package io.hamesh.operator.consul;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.http.HttpClientConnection;
import org.apache.http.HttpException;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpRequestExecutor;
import org.jspecify.annotations.Nullable;

/**
 * How long one call to Consul may take until its answer is whole, and which status it got. Apache's own limits are for the
 * time between two packets, so a server that sends a byte now and then would hold its caller for good.
 */
final class CallLimit implements AutoCloseable {
    private static final ScopedValue<CallLimit> CURRENT = ScopedValue.newInstance();
    private final Future<?> end;
    private @Nullable HttpClientConnection connection;
    private volatile boolean passed;
    private volatile int status;

    /** @param clock see {@link #clock} */
    CallLimit(ScheduledExecutorService clock, Duration limit) {
        end = clock.schedule(this::pass, limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What limits are kept by; its thread ends with the process. */
    static ScheduledExecutorService clock() {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("consul-limits").factory());
        clock.setRemoveOnCancelPolicy(true); // nearly all limits are
        return clock;
    }

    /** Runs {@code call} on this thread; its exchanges over a client with {@link #executor} are bound by this limit. */
    <T> T during(ScopedValue.CallableOp<T, RuntimeException> call) {
        return ScopedValue.where(CURRENT, this).call(call);
    }

    /** Whether the call was broken off because its time was over. */
    boolean hasPassed() {
        return passed;
    }

    /** Whether the call that this thread is in may not go on: its time is over, or its thread is to end. */
    static boolean isOver() {
        return CURRENT.get().passed || Thread.currentThread().isInterrupted();
    }

    /** The HTTP status of the last answer, or 0. */
    int status() {
        return status;
    }

    /** What a client whose exchanges are bound sends requests with. */
    static HttpRequestExecutor executor() {
        return new HttpRequestExecutor() {
            @Override
            public HttpResponse execute(HttpRequest request, HttpClientConnection over, HttpContext context)
                    throws IOException, HttpException {
                CallLimit limit = CURRENT.get();
                limit.bind(over);
                HttpResponse response = super.execute(request, over, context);
                limit.status = response.getStatusLine().getStatusCode();
                return response;
            }
        };
    }

    private synchronized void bind(HttpClientConnection over) throws IOException {
        connection = over;
        if (passed) {
            over.shutdown();
        }
    }

    private synchronized void pass() {
        passed = true;
        try {
            if (connection != null) {
                connection.shutdown();
            }
        } catch (IOException e) {
            // It is closed either way.
        }
    }

    /** A connection that went back to its pool is not closed later. */
    @Override
    public void close() {
        end.cancel(false);
    }
}
