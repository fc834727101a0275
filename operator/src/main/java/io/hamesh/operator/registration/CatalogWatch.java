package io.hamesh.operator.registration;

import io.hamesh.model.OwnershipMark;
import io.hamesh.operator.consul.BlockingQuery;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConsulCatalog;
import io.hamesh.operator.consul.Watched;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import io.hamesh.operator.work.Loop;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows a part of Consul's catalog and says when to look at the whole. */
final class CatalogWatch<T> implements BlockingQuery.Follower<T> {
    /** The checks of 1,000 pods are 800 KB. */
    private static final Duration SPACING = Duration.ofMillis(500);

    private final Consumer<Cause> trigger;
    private @Nullable T last;

    CatalogWatch(Consumer<Cause> trigger) {
        this.trigger = trigger;
    }

    /** Instances on nodes under our mark. Names alone do not show that an instance changed: each answer is news. */
    static Loop.Body services(ConsulCatalog consul, String cluster, Consumer<Cause> trigger) {
        return of(
                "services",
                (index, wait) -> {
                    long now = consul.watchServices(OwnershipMark.of(cluster), index, wait)
                            .index();
                    return new Watched<>(now, now);
                },
                trigger);
    }

    /** Checks on such nodes. Others' checks wake it too, and are no news. */
    static Loop.Body checks(ConsulCatalog consul, String cluster, Consumer<Cause> trigger) {
        return of("checks", (index, wait) -> consul.watchChecks(OwnershipMark.of(cluster), index, wait), trigger);
    }

    /** All config entries of that kind. */
    static Loop.Body entries(ConfigEntries consul, String kind, Consumer<Cause> trigger) {
        return of(kind, (index, wait) -> consul.watch(kind, index, wait), trigger);
    }

    private static <T> Loop.Body of(String what, BlockingQuery.Question<T> question, Consumer<Cause> trigger) {
        return new BlockingQuery<>(what, SPACING, question, new CatalogWatch<>(trigger));
    }

    @Override
    public void heard(Watched<T> answer, boolean fresh) {
        T before = last;
        last = answer.value();
        if (fresh) {
            trigger.accept(Cause.BACK);
        } else if (!answer.value().equals(before)) {
            trigger.accept(Cause.CHANGED);
        }
    }
}
