package io.hamesh.operator.ownership;

import io.hamesh.operator.consul.BlockingQuery;
import io.hamesh.operator.consul.KeyValue;
import io.hamesh.operator.consul.KeyValues;
import io.hamesh.operator.consul.Watched;
import io.hamesh.operator.work.Loop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Follows all claims in Consul; in every replica, because each admits. */
final class ClaimWatch implements BlockingQuery.Follower<List<KeyValue>> {
    private static final Duration SPACING = Duration.ofMillis(100);

    private final ClaimView view;

    ClaimWatch(ClaimView view) {
        this.view = view;
    }

    static Loop.Body of(KeyValues consul, ClaimView view) {
        return new BlockingQuery<>(
                "claims",
                SPACING,
                (index, wait) -> consul.keys(Ownership.KEY_PREFIX, index, wait),
                new ClaimWatch(view));
    }

    @Override
    public void heard(Watched<List<KeyValue>> keys, boolean fresh) {
        List<Claim> claims =
                keys.value().stream().map(Claim::of).flatMap(Optional::stream).toList();
        view.replace(claims, keys.index(), fresh);
    }
}
