package io.hamesh.e2e;

/**
 * How often or how long something is done: once, or briefly, where a test is to find a fault; many times, or for long,
 * where a run is to be evidence ({@code mvn verify -Plong}). What is asserted is the same.
 */
final class Confidence {
    private static final boolean EVIDENCE = Boolean.getBoolean("hamesh.e2e.long");

    private Confidence() {}

    static int of(int brief, int evidence) {
        return EVIDENCE ? evidence : brief;
    }
}
