package io.hamesh.operator.intention;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of a call. */
public enum Action {
    @JsonProperty("allow")
    ALLOW("allow"),
    @JsonProperty("deny")
    DENY("deny");

    private final String word;

    Action(String word) {
        this.word = word;
    }

    /** As Consul and people write it. */
    public String word() {
        return word;
    }
}
