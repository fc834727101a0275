package io.hamesh.testbed.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** A program or file that the native road takes from the distribution, and the Debian package that has it. */
public record Requirement(String packageName, List<Path> anyOf) {
    private static final List<String> FOLDERS = List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin");

    /** Everything that a native node and its images need. */
    public static final List<Requirement> NATIVE = List.of(
            program("containerd", "containerd"),
            program("runc", "runc"),
            file(
                    "containernetworking-plugins",
                    CniPlugins.FOLDERS.stream()
                            .map(dir -> dir.resolve("bridge"))
                            .toList()),
            program("etcd-server", "etcd"),
            program("iptables", "iptables"),
            program("conntrack", "conntrack"),
            program("ipset", "ipset"),
            program("socat", "socat"),
            program("buildah", "buildah"),
            program("mmdebstrap", "mmdebstrap"),
            program("iproute2", "ip"),
            program("openssl", "openssl"),
            program("curl", "curl"),
            program("procps", "ps"),
            program("util-linux", "nsenter"),
            program("mount", "mount"),
            file("debian-archive-keyring", List.of(Path.of("/usr/share/keyrings/debian-archive-keyring.gpg"))));

    /** Compiles C for tests. */
    public static final List<Requirement> COMPILER =
            List.of(program("gcc", "gcc"), file("libc6-dev", List.of(Path.of("/usr/include/stdlib.h"))));

    public static Requirement program(String packageName, String program) {
        return file(
                packageName, FOLDERS.stream().map(dir -> Path.of(dir, program)).toList());
    }

    public static Requirement file(String packageName, List<Path> anyOf) {
        return new Requirement(packageName, anyOf);
    }

    /** The packages that are not there, in the order of the list. */
    public static List<String> missing(List<Requirement> all, Predicate<Path> exists) {
        return all.stream()
                .filter(one -> one.anyOf().stream().noneMatch(exists))
                .map(Requirement::packageName)
                .toList();
    }

    public static List<String> missing(List<Requirement> all) {
        return missing(all, Files::exists);
    }
}
