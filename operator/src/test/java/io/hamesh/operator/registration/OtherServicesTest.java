package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.OwnershipMark;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.consul.CatalogService.ProxyOf;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.InMemoryConsul;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OtherServicesTest {
    private final InMemoryConsul consul = new InMemoryConsul();
    private final OtherServices others = new OtherServices(consul, consul, "prod", false);

    @Test
    void instanceWithoutOurMarkMakesANameOthers() {
        consul.force("vm", instance("db-1", "db", Map.of(), Optional.empty()));
        assertThat(others.of("db")).contains("instance db-1 on node vm");
        assertThat(others.of("api")).isEmpty();
    }

    @Test
    void proxyInFrontOfTheNameDoesToo() {
        consul.force("vm", instance("p-1", "db-proxy", Map.of(), Optional.of(new ProxyOf("db", "db-1", 1))));
        assertThat(others.of("db")).contains("instance p-1 on node vm");
    }

    @Test
    void consulItselfIsNobodys() {
        assertThat(others.of("consul")).contains("it is Consul's own");
    }

    @Test
    void anotherInstallationsInstancesAreOthersAndBesideOursNoneCount() {
        consul.force("vm", instance("db-1", "db", OwnershipMark.of("east"), Optional.empty()));
        assertThat(others.of("db")).isPresent();
        consul.force("n1", instance("db-2", "db", OwnershipMark.of("prod"), Optional.empty()));
        assertThat(others.of("db")).isEmpty();
    }

    @Test
    void entriesOfAdministratorsCountOnlyWhereNamesAreGranted() {
        OtherServices strict = new OtherServices(consul, consul, "prod", true);
        assertThat(strict.of("db")).isEmpty();
        consul.force(new ConfigEntry(ConfigEntry.SERVICE_DEFAULTS, "db", Map.of(), Map.of(), 0));
        assertThat(strict.of("db")).contains("config entry service-defaults db");
        assertThat(others.of("db")).isEmpty();
        consul.force(new ConfigEntry(ConfigEntry.SERVICE_INTENTIONS, "api", Map.of(), Map.of(), 0));
        assertThat(strict.of("api")).contains("config entry service-intentions api");
        consul.force(new ConfigEntry(ConfigEntry.SERVICE_DEFAULTS, "www", OwnershipMark.of("prod"), Map.of(), 0));
        assertThat(strict.of("www")).as("ours").isEmpty();
    }

    private static CatalogService instance(String id, String name, Map<String, String> meta, Optional<ProxyOf> proxy) {
        return new CatalogService(id, name, "10.0.0.1", 80, List.of(), meta, proxy, 0);
    }
}
