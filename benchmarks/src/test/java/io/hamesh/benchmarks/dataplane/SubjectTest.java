package io.hamesh.benchmarks.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;

class SubjectTest {
    @Test
    void theLoadProgramIsToldWhatToWriteAndWhatToSee() {
        ProxyInstance endpoint = new ProxyInstance("nowhere", "web", "10.0.0.1", 20000);
        Subject subject = Subject.endpoint(ConsulApi.at("http://10.0.0.2:8500"), "127.0.0.1:8108", endpoint, "web-2");
        JsonNode said = JsonMapper.builder().build().valueToTree(subject);
        assertThat(said.fieldNames()).toIterable().containsExactly("consul", "target", "by", "end", "begin");
        assertThat(said.path("end").path("path").asText()).isEqualTo("/v1/catalog/deregister");
        assertThat(said.path("end").path("body").path("ServiceID"))
                .isEqualTo(said.path("begin").path("body").path("Service").path("ID"));
    }
}
