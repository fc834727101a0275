package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.Optional;

/** Annotations whose values are amounts of CPU or memory. */
final class QuantityAnnotations {
    private final Map<String, String> annotations;
    private final Problems problems;

    QuantityAnnotations(Map<String, String> annotations, Problems problems) {
        this.annotations = annotations;
        this.problems = problems;
    }

    /** @param example a value that would be right, for the message */
    Optional<Quantity> read(String name, String example) {
        String value = annotations.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value.matches("[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?")) {
            Quantity quantity = new Quantity(value);
            if (quantity.getNumericalAmount().signum() > 0) {
                return Optional.of(quantity);
            }
        }
        problems.annotation(name, value, "expected a quantity above 0, for example " + example);
        return Optional.empty();
    }

    /** Memory without which a sidecar does not start. */
    Optional<Quantity> atLeast(String name, Quantity least) {
        Optional<Quantity> memory = read(name, "128Mi");
        if (memory.isPresent()
                && Quantity.getAmountInBytes(memory.get()).compareTo(Quantity.getAmountInBytes(least)) < 0) {
            problems.annotation(
                    name, annotations.getOrDefault(name, ""), "the sidecar needs at least " + least + " to start");
        }
        return memory;
    }

    /** The API server would refuse a request above its limit, and name a container that nobody wrote. */
    void checkOrder(String limitName, Quantity request, Optional<Quantity> limit) {
        limit.filter(most -> Quantity.getAmountInBytes(most).compareTo(Quantity.getAmountInBytes(request)) < 0)
                .ifPresent(most -> problems.annotation(
                        limitName, most.toString(), "is below the request of " + request + ": raise it"));
    }
}
