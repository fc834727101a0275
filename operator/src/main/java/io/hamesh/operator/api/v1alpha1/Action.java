package io.hamesh.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a call is let in. */
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
