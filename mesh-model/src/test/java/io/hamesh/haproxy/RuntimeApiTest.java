package io.hamesh.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.haproxy.RuntimeApi.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is sent and how answers are read, as text. The modules that use it try it on the real HAProxy. */
class RuntimeApiTest {
    private static final Path FILE = Path.of("/run/hamesh/leaf.pem");
    private static final int BUFFER = 16_384;

    private final List<String> sent = new ArrayList<>();

    @Test
    void refusalNamesTheCommandAndNeverTheKeyThatWentWithIt() {
        assertThatThrownBy(() -> api("\nunable to load the certificate\nmore").replaceCertificate(FILE, "SECRET"))
                .isInstanceOf(CommandRefusedException.class)
                .hasMessage("HAProxy refused `set ssl cert`: unable to load the certificate");
    }

    @Test
    void refusalIsNoLongerThanALine() {
        assertThatThrownBy(() -> api("x".repeat(1000)).disableServer("operators/peer1"))
                .isInstanceOf(CommandRefusedException.class)
                .hasMessage("HAProxy refused `set server`: " + "x".repeat(200));
    }

    @Test
    void answerThatIsMissingIsARefusal() {
        assertThatThrownBy(() -> api("").addServers(List.of("redis/a"), "10.0.0.1:20000", ""))
                .hasMessage("HAProxy refused `add server`: no answer");
    }

    @Test
    void serversAreAddedTogetherAndThenEnabledTogether() throws IOException {
        api("New server registered.\n\nNew server registered.\n\n", "\n\n\n\n")
                .addServers(List.of("api/a", "api_once/a"), "10.0.0.1:20000", "check");
        assertThat(sent)
                .containsExactly(
                        "add server api/a 10.0.0.1:20000 check; add server api_once/a 10.0.0.1:20000 check",
                        "enable health api/a; set server api/a state ready;"
                                + " enable health api_once/a; set server api_once/a state ready");
    }

    @Test
    void noServerIsEnabledWhereOneWasNotAdded() {
        assertThatThrownBy(() -> api("New server registered.\n\nAlready exists a server with the same name.\n\n")
                        .addServers(List.of("api/a", "api_once/a"), "10.0.0.1:20000", "check"))
                .hasMessage("HAProxy refused `add server`: Already exists a server with the same name.");
        assertThat(sent).hasSize(1);
    }

    /** An empty line would end the payload: HAProxy would take the rest for commands. */
    @Test
    void payloadHasNoEmptyLine() throws IOException {
        api("Transaction created", "Success!").replaceCertificate(FILE, "\ncertificate\r\n\n \nkey\n\n");
        assertThat(sent)
                .containsExactly(
                        "set ssl cert /run/hamesh/leaf.pem <<\ncertificate\nkey\n",
                        "commit ssl cert /run/hamesh/leaf.pem");
    }

    @Test
    void authoritiesAreSentOneByOneAndCommittedTogether() throws IOException {
        api("Transaction created", "Transaction updated", "Success!").replaceAuthorities(FILE, List.of("one", "two"));
        assertThat(sent)
                .containsExactly(
                        "set ssl ca-file /run/hamesh/leaf.pem <<\none\n",
                        "add ssl ca-file /run/hamesh/leaf.pem <<\ntwo\n",
                        "commit ssl ca-file /run/hamesh/leaf.pem");
    }

    @Test
    void largeMapGoesInCommandsThatFitIntoABuffer() throws IOException {
        List<String> lines = Collections.nCopies(5000, "a-service allow\n");
        api("New version created: 7", "").replaceMap(FILE, lines);
        assertThat(sent).first().isEqualTo("prepare map /run/hamesh/leaf.pem");
        assertThat(sent).last().isEqualTo("commit map @7 /run/hamesh/leaf.pem");
        List<String> adds = sent.subList(1, sent.size() - 1);
        assertThat(adds).allSatisfy(add -> assertThat(add).hasSizeLessThan(BUFFER));
        assertThat(String.join("", adds).replace("add map @7 /run/hamesh/leaf.pem <<\n", ""))
                .isEqualTo(String.join("", lines));
    }

    @Test
    void mapWithoutAVersionIsNotCommitted() {
        assertThatThrownBy(() -> api("Unknown map").replaceMap(FILE, List.of()))
                .hasMessage("HAProxy refused `prepare map`: Unknown map");
    }

    @Test
    void serversAreReadWithTheirMaintenance() throws IOException {
        String answer = """
                1
                # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight
                4 operators 1 local 127.0.0.1 2 0 1
                4 operators 2 peer1 fd00::9 0 5 1
                4 operators 3 peer2 10.0.0.2 0 4 1

                """;
        assertThat(api(answer).servers("operators"))
                .containsExactly(
                        new Server("local", "127.0.0.1", false),
                        new Server("peer1", "fd00::9", true),
                        new Server("peer2", "10.0.0.2", false));
    }

    @Test
    void mapKeysAreNotThePointersBeforeThem() throws IOException {
        assertThat(api("0x7f01 plain 1\n0x7f02 10.0.0.2 1\n\n").mapKeys(FILE))
                .containsExactlyInAnyOrder("plain", "10.0.0.2");
        assertThat(api("\n").mapKeys(FILE)).isEmpty();
    }

    @Test
    void whatIsNotThereIsARefusalAndNotEmpty() {
        assertThatThrownBy(() -> api("Unknown map identifier. Please use #<id> or <file>.\n\n")
                        .mapKeys(FILE))
                .isInstanceOf(CommandRefusedException.class)
                .hasMessageStartingWith("HAProxy refused `show map /run/hamesh/leaf.pem`: Unknown map identifier.");
        assertThatThrownBy(() -> api("Can't find backend.\n\n").servers("operators"))
                .isInstanceOf(CommandRefusedException.class)
                .hasMessage("HAProxy refused `show servers state operators`: Can't find backend.");
        assertThatThrownBy(
                        () -> api("Can't display the CA file : Not found!\n\n").authorityFingerprints(FILE))
                .isInstanceOf(CommandRefusedException.class);
        assertThatThrownBy(() -> api("Can't display the certificate: Not found or the certificate is a bundle!\n\n")
                        .certificateFingerprint(FILE))
                .isInstanceOf(CommandRefusedException.class);
        assertThatThrownBy(() -> api("Unknown command: 'show'\n").info()).isInstanceOf(CommandRefusedException.class);
    }

    @Test
    void noAnswerIsNotAnEmptyOne() {
        assertThatThrownBy(() -> api("").mapKeys(FILE)).isInstanceOf(CommandRefusedException.class);
        assertThatThrownBy(() -> api("").servers("operators")).isInstanceOf(CommandRefusedException.class);
        assertThatThrownBy(() -> api("").info()).isInstanceOf(CommandRefusedException.class);
    }

    @Test
    void infoIsByField() throws IOException {
        assertThat(api("Name: HAProxy\nVersion: 3.2.26-1\nPid: 7\n\n").info())
                .containsEntry("Version", "3.2.26-1")
                .containsEntry("Pid", "7");
    }

    @Test
    void fingerprintsAreThoseOfAllCertificates() throws IOException {
        assertThat(api("Filename: x\nSHA1 FingerPrint: AB01\nSerial: 1\nSHA1 FingerPrint: CD02\n")
                        .authorityFingerprints(FILE))
                .containsExactlyInAnyOrder("AB01", "CD02");
    }

    @Test
    void serverWithStreamsIsNotDeletedYet() throws IOException {
        assertThat(api("Server still has connections attached to it, cannot remove it.")
                        .deleteServer("b/s"))
                .isFalse();
        assertThat(api("Server deleted.").deleteServer("b/s")).isTrue();
        assertThat(api("No such server.").deleteServer("b/s")).isTrue();
        assertThatThrownBy(() -> api("This server cannot be removed at runtime due to other configuration elements")
                        .deleteServer("b/s"))
                .isInstanceOf(CommandRefusedException.class);
        assertThatThrownBy(() -> api("Permission denied").deleteServer("b/s"))
                .hasMessage("HAProxy refused `del server`: Permission denied");
    }

    /** The last answer is given to all that come after it. */
    private RuntimeApi api(String... answers) {
        sent.clear();
        return new RuntimeApi(command -> {
            sent.add(command);
            return answers[Math.min(sent.size(), answers.length) - 1];
        });
    }
}
