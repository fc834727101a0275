package io.hamesh.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeshPortsTest {
    @ParameterizedTest
    @CsvSource({
        "1935,false",
        "1936,true",
        "1937,false",
        "19999,false",
        "20000,true",
        "20099,true",
        "20100,false",
        "20199,false",
        "20200,true",
        "20300,true",
        "20301,false",
        "8080,false"
    })
    void reservedPortsAreTheSidecarsOwn(int port, boolean reserved) {
        assertThat(MeshPorts.isReserved(port)).isEqualTo(reserved);
    }
}
