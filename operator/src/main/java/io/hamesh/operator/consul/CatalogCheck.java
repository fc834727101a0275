package io.hamesh.operator.consul;

/**
 * A check on one service instance, judged by us.
 *
 * @param output why the status is what it is, for people
 */
public record CatalogCheck(String id, String name, String serviceId, String serviceName, Status status, String output) {
    /** In Consul's words. */
    public enum Status {
        PASSING("passing"),
        CRITICAL("critical");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }

        static Status of(String word) {
            return PASSING.word.equals(word) ? PASSING : CRITICAL;
        }
    }
}
