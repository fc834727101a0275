package io.hamesh.operator.injection;

/**
 * One thing that keeps a pod out of the mesh, told to the person who wrote it.
 *
 * @param field where, for example {@code metadata.annotations[hamesh.io/upstreams]}
 * @param message what is wrong there and what would be right
 */
public record Problem(String field, String message) {
    @Override
    public String toString() {
        return field + ": " + message;
    }
}
