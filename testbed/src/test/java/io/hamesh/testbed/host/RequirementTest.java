package io.hamesh.testbed.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequirementTest {
    private static final List<Requirement> TWO =
            List.of(Requirement.program("etcd-server", "etcd"), Requirement.program("runc", "runc"));

    @Test
    void namesThePackageOfWhatIsMissing() {
        assertThat(Requirement.missing(TWO, Set.of(Path.of("/usr/sbin/runc"))::contains))
                .containsExactly("etcd-server");
    }

    @Test
    void anyUsualFolderWillDo() {
        var present = Set.of(Path.of("/usr/local/bin/etcd"), Path.of("/usr/bin/runc"));
        assertThat(Requirement.missing(TWO, present::contains)).isEmpty();
    }

    @Test
    void everythingMissingIsWhatTheInstallCommandLists() {
        var missing = Requirement.missing(Requirement.NATIVE, path -> false);
        assertThat(missing).doesNotHaveDuplicates().contains("containerd", "containernetworking-plugins", "buildah");
        assertThat(Packages.installCommand(missing))
                .startsWith("apt-get update && apt-get install")
                .contains(" containerd runc containernetworking-plugins etcd-server ");
    }
}
