package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong values are refused before anything is installed, and the message names the field. */
class RefusedValuesTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    clutser.name=east                                    | clutser
                    cluster.nam=east                                     | /cluster     nam
                    consul.adress=http://consul:8500                     | /consul      adress
                    consul.embedded.enable=true                          | /consul/embedded  enable
                    consul.embedded.image.tga=1                          | /consul/embedded/image  tga
                    consul.embedded.resources.limits.cpus=1              | /consul/embedded/resources/limits  cpus
                    consul.embedded.server=3                             | /consul/embedded  server
                    consul.embedded.storage.class=fast                   | /consul/embedded/storage  class
                    intentions.defualt=allow                             | /intentions  defualt
                    tls.postQuantun=true                                 | /tls  postQuantun
                    services.api.namespace=shop                          | /services/api  namespace
                    networkPolicy.namespace={shop}                       | /networkPolicy  namespace
                    serviceNames.keep=10m                                | /serviceNames  keep
                    image.operater.tag=1                                 | /image       operater
                    image.operator.digest=x                              | /image/operator  digest
                    operator.replcas=3                                   | /operator    replcas
                    operator.log.level=debug                             | /operator/log  level
                    operator.resources.request.cpu=1                     | /operator/resources  request
                    operator.haproxy.resource.limits.cpu=1               | /operator/haproxy  resource
                    prestopSleep=3                                       | prestopSleep""")
    void misspeltKeyIsNamed(String setting, String named) {
        assertNames(setting, named);
        assertThat(Chart.refusal(Chart.EMBEDDED, setting)).contains("additional properties");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    cluster.name=East                                    | /cluster/name
                    cluster.name=a-name-of-more-than-the-forty-characters-left | /cluster/name
                    consul.embedded.enabled=yes                          | /consul/embedded/enabled  boolean
                    consul.embedded.image.repository=                    | /consul/embedded/image/repository
                    consul.embedded.image.tag=a/b                        | /consul/embedded/image/tag
                    consul.embedded.servers=2                            | /consul/embedded/servers
                    consul.embedded.servers=5                            | /consul/embedded/servers
                    consul.embedded.storage.enabled=maybe                | /consul/embedded/storage/enabled  auto
                    consul.embedded.storage.size=big                     | /consul/embedded/storage/size
                    consul.embedded.storage.storageClass=a_b             | /consul/embedded/storage/storageClass
                    intentions.default=permit                            | /intentions/default  deny  allow  none
                    tls.postQuantum=hybrid                               | /tls/postQuantum  boolean
                    services.Api.namespaces={shop}                       | /services  Api
                    services.api.namespaces={}                           | /services/api/namespaces
                    services.api.namespaces={Shop}                       | /services/api/namespaces/0
                    serviceNames.kept=soon                               | /serviceNames/kept
                    serviceNames.grantedOnly=sometimes                   | /serviceNames/grantedOnly  boolean
                    preStopSleep=-1                                      | /preStopSleep  minimum
                    preStopSleep=301                                     | /preStopSleep  maximum
                    preStopSleep=soon                                    | /preStopSleep  integer
                    networkPolicy.namespaces={Shop}                      | /networkPolicy/namespaces/0
                    networkPolicy.unsecuredPorts={0}                     | /networkPolicy/unsecuredPorts/0  minimum
                    networkPolicy.openPorts={metrics}                    | /networkPolicy/openPorts/0  integer
                    image.pullPolicy=Sometimes                           | /image/pullPolicy  Always
                    image.agent.tag=a:b                                  | /image/agent/tag
                    operator.replicas=0                                  | /operator/replicas  minimum
                    operator.replicas=6                                  | /operator/replicas  maximum
                    operator.log.format=xml                              | /operator/log/format  text  json""")
    void wrongValueIsNamed(String setting, String named) {
        assertNames(setting, named);
    }

    @Test
    void wrongAddressesOfConsulAreNamed() {
        assertThat(Chart.refusal("consul.address=consul:8500")).contains("/consul/address");
        assertThat(Chart.refusal("consul.address=http://consul:8500/v1")).contains("/consul/address");
    }

    @Test
    void noConsulIsRefusedWithBothFixes() {
        assertThat(Chart.refusal()).contains("consul.address=http://", "consul.embedded.enabled=true");
    }

    @Test
    void sidecarsNameIsRefusedAsAServices() {
        assertThat(Chart.refusal(Chart.EMBEDDED, "services.api-sidecar-proxy.namespaces={shop}"))
                .contains("services.api-sidecar-proxy: a service's name must not end in -sidecar-proxy");
    }

    @Test
    void twoConsulsAreRefused() {
        assertThat(Chart.refusal(Chart.EMBEDDED, Chart.EXTERNAL))
                .contains("consul.embedded.enabled", "consul.address", "choose one");
    }

    @Test
    void kubernetesThatIsTooOldIsRefused() {
        assertThat(Chart.refusalOn("1.29.0", Chart.EMBEDDED)).contains(">=1.30.0-0", "1.29.0");
        assertThat(Chart.renderOn("1.30.0-eks-1", Chart.EMBEDDED).workloads()).isNotEmpty();
    }

    private static void assertNames(String setting, String named) {
        assertThat(Chart.refusal(Chart.EMBEDDED, setting)).contains(named.split("\\s+"));
    }
}
