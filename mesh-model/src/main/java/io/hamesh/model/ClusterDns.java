package io.hamesh.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where the cluster's names are resolved, for the agent of a pod whose own DNS may not know them.
 *
 * @param nameservers IP addresses, at least one, in the order in which they are asked
 * @param searches domains in which a name that is not whole is looked up, in that order
 */
public record ClusterDns(List<String> nameservers, List<String> searches) {
    /** The agent's variable, of a name that no Service can make. */
    public static final String VARIABLE = "hamesh.cluster-dns";

    private static final String NAMESERVER = "[0-9A-Fa-f.:]{2,45}";
    private static final String DOMAIN = "[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?";

    public ClusterDns {
        nameservers = List.copyOf(nameservers);
        searches = List.copyOf(searches);
        if (nameservers.isEmpty()
                || !nameservers.stream().allMatch(address -> address.matches(NAMESERVER))
                || !searches.stream().allMatch(domain -> domain.matches(DOMAIN))) {
            throw new IllegalArgumentException("expected \"ADDRESS[,ADDRESS][ DOMAIN[,DOMAIN]]\"");
        }
    }

    /** The inverse of {@link #format}. */
    public static ClusterDns parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length > 2) {
            throw new IllegalArgumentException(
                    VARIABLE + "=" + text + ": expected \"ADDRESS[,ADDRESS][ DOMAIN[,DOMAIN]]\"");
        }
        try {
            return new ClusterDns(
                    Arrays.asList(parts[0].split(",", -1)),
                    parts.length == 1 ? List.of() : Arrays.asList(parts[1].split(",", -1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(VARIABLE + "=" + text + ": " + e.getMessage(), e);
        }
    }

    public String format() {
        String addresses = String.join(",", nameservers);
        return searches.isEmpty() ? addresses : addresses + " " + String.join(",", searches);
    }

    /**
     * What the kubelet wrote for a pod with the cluster's DNS. A node's own search domains are left out: they differ from node
     * to node.
     *
     * @param resolvConf the lines of its {@code /etc/resolv.conf}
     * @return empty where that is no cluster's DNS
     */
    public static Optional<ClusterDns> ofPod(List<String> resolvConf) {
        List<String> nameservers = new ArrayList<>();
        List<String> searches = List.of();
        for (String line : resolvConf) {
            String[] words = line.strip().split("\\s+");
            if (words[0].equals("nameserver") && words.length > 1) {
                nameservers.add(words[1]);
            } else if (words[0].equals("search")) {
                searches = Arrays.asList(words).subList(1, words.length);
            }
        }
        Optional<String> services =
                searches.stream().filter(domain -> domain.startsWith("svc.")).findFirst();
        if (nameservers.isEmpty() || services.isEmpty()) {
            return Optional.empty();
        }
        String cluster = services.get().substring("svc.".length());
        try {
            return Optional.of(new ClusterDns(
                    nameservers,
                    searches.stream()
                            .filter(domain -> domain.equals(cluster)
                                    || domain.endsWith("." + services.get())
                                    || domain.equals(services.get()))
                            .toList()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Under which whole names to look a name up, as {@code ndots:5} has it. */
    public List<String> candidates(String name) {
        List<String> whole = new ArrayList<>();
        if (!name.endsWith(".") && name.chars().filter(c -> c == '.').count() < 5) {
            searches.forEach(domain -> whole.add(name + "." + domain));
        }
        whole.add(name.endsWith(".") ? name.substring(0, name.length() - 1) : name);
        return whole;
    }
}
