package io.hamesh.agent.consul;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.snapshot.Policy;
import io.hamesh.agent.snapshot.SourceVerdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankedIntentionsTest {
    private static final int EXACT_TO_EXACT = 9;
    private static final int ANY_TO_EXACT = 8;
    private static final int EXACT_TO_ANY = 6;
    private static final int ANY_TO_ANY = 5;

    @Test
    void noIntentionDeniesEverybody() {
        assertThat(RankedIntentions.of(List.of()).policy()).isEqualTo(Policy.denyAll());
    }

    @Test
    void denyOfAllSourcesOnTheServiceBeatsAllowOfASourceOnAllServices() {
        Policy policy = policyOf(intention("web", "allow", EXACT_TO_ANY), intention("*", "deny", ANY_TO_EXACT));
        assertThat(policy.on("web")).isEqualTo(SourceVerdict.DENY);
    }

    @Test
    void allowOfAllSourcesOnTheServiceBeatsDenyOfASourceOnAllServices() {
        Policy policy = policyOf(intention("*", "allow", ANY_TO_EXACT), intention("web", "deny", EXACT_TO_ANY));
        assertThat(policy.on("web")).isEqualTo(SourceVerdict.ALLOW);
    }

    /** Every set of up to eight intentions: two sources and the wildcard, on the service and on all, allowed or denied. */
    @Test
    void everyCombinationIsJudgedAsConsulJudgesIt() {
        List<List<Intention>> sets = new ArrayList<>(List.of(List.of()));
        for (String source : List.of("web", "api", "*")) {
            boolean any = source.equals("*");
            sets = withEach(sets, source, any ? ANY_TO_EXACT : EXACT_TO_EXACT);
            sets = withEach(sets, source, any ? ANY_TO_ANY : EXACT_TO_ANY);
        }
        assertThat(sets).hasSize(3 * 3 * 3 * 3 * 3 * 3);
        for (List<Intention> set : sets) {
            Policy policy = RankedIntentions.of(set).policy();
            for (String caller : List.of("web", "api", "stranger")) {
                assertThat(policy.on(caller)).as("%s by %s", caller, set).isEqualTo(judge(set, caller));
            }
            assertThat(RankedIntentions.of(set.reversed()).policy()).isEqualTo(policy);
        }
    }

    @Test
    void permissionsDenyTheirSourceAndSaySo() {
        RankedIntentions match = RankedIntentions.of(List.of(
                new Intention("web", "default", "", "", "", "", true, false, EXACT_TO_EXACT),
                intention("*", "allow", ANY_TO_EXACT)));
        assertThat(match.policy().on("web")).isEqualTo(SourceVerdict.DENY);
        assertThat(match.policy().on("api")).isEqualTo(SourceVerdict.ALLOW);
        assertThat(match.notEnforced()).containsExactly("web (permissions)");
    }

    @Test
    void allowThatAsksForATokenIsADenial() {
        RankedIntentions match = RankedIntentions.of(
                List.of(new Intention("web", "default", "", "", "", "allow", false, true, EXACT_TO_EXACT)));
        assertThat(match.policy().on("web")).isEqualTo(SourceVerdict.DENY);
        assertThat(match.notEnforced()).containsExactly("web (jwt)");
    }

    @Test
    void unknownActionIsADenial() {
        RankedIntentions match = RankedIntentions.of(List.of(intention("web", "perhaps", EXACT_TO_EXACT)));
        assertThat(match.policy().on("web")).isEqualTo(SourceVerdict.DENY);
        assertThat(match.notEnforced()).containsExactly("web (action)");
    }

    @Test
    void whatNeverDecidesIsNotReported() {
        RankedIntentions match = RankedIntentions.of(List.of(
                new Intention("web", "default", "", "", "", "allow", false, true, EXACT_TO_ANY),
                intention("*", "allow", ANY_TO_EXACT)));
        assertThat(match.policy().on("web")).isEqualTo(SourceVerdict.ALLOW);
        assertThat(match.notEnforced()).isEmpty();
    }

    @Test
    void sourcesOfAPeerAPartitionOrANamespaceLetNobodyIn() {
        Policy policy = policyOf(
                new Intention("web", "default", "", "other", "", "allow", false, false, EXACT_TO_EXACT),
                new Intention("web", "default", "other", "", "", "allow", false, false, EXACT_TO_EXACT),
                new Intention("web", "other", "", "", "", "allow", false, false, EXACT_TO_EXACT));
        assertThat(policy).isEqualTo(Policy.denyAll());
    }

    private static Policy policyOf(Intention... intentions) {
        return RankedIntentions.of(List.of(intentions)).policy();
    }

    private static Intention intention(String source, String action, int precedence) {
        return new Intention(source, "default", "", "", "", action, false, false, precedence);
    }

    private static List<List<Intention>> withEach(List<List<Intention>> sets, String source, int precedence) {
        List<List<Intention>> grown = new ArrayList<>(sets);
        for (List<Intention> set : sets) {
            for (String action : List.of("allow", "deny")) {
                List<Intention> more = new ArrayList<>(set);
                more.add(intention(source, action, precedence));
                grown.add(more);
            }
        }
        return grown;
    }

    /** Consul's rule in its shortest form: of what matches the caller, the highest precedence decides. */
    private static SourceVerdict judge(List<Intention> set, String caller) {
        return set.stream()
                .filter(i -> i.source().equals(caller) || i.source().equals("*"))
                .max(Comparator.comparingInt(Intention::precedence))
                .map(i -> i.action().equals("allow") ? SourceVerdict.ALLOW : SourceVerdict.DENY)
                .orElse(SourceVerdict.DENY);
    }
}
