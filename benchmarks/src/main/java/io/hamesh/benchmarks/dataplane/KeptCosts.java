package io.hamesh.benchmarks.dataplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What each row cost when somebody last accepted it: a file in the repository.
 *
 * @param rows as {@link Guard} measures them: a ratio by the row's title
 */
record KeptCosts(Map<String, Double> rows) {
    /** What a row may cost more before it fails. */
    private static final double TOLERATED = 0.10;

    private static final String FIX = "; benchmarks/dataplane --guard=write writes it anew";
    private static final String HEAD = """
            # HAmesh's CPU for each request ÷ what caller and application take for one without a mesh.
            # Written by benchmarks/dataplane --guard=write, checked by benchmarks/dataplane --guard.
            """;

    /** Fails with file, line and fix if it is missing, or has anything but rows with a number. */
    static KeptCosts read(Path file) {
        Map<String, Double> rows = new LinkedHashMap<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith("#")) {
                String where = "%s, line %d, \"%s\": ".formatted(file, i + 1, lines.get(i));
                String[] words = lines.get(i).split("\t", -1);
                if (words.length != 2 || !words[1].matches("[0-9]+\\.[0-9]+") || Double.parseDouble(words[1]) == 0) {
                    throw new IllegalStateException(where + "expected a row's title, a tab and a number" + FIX);
                }
                if (rows.put(words[0], Double.valueOf(words[1])) != null) {
                    throw new IllegalStateException(where + "the row is there twice" + FIX);
                }
            }
        }
        return new KeptCosts(rows);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new IllegalStateException(file + " is missing" + FIX, e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Fails unless it has exactly these rows. */
    void requireRows(Path file, Set<String> measured) {
        Set<String> missing = new TreeSet<>(measured);
        missing.removeAll(rows.keySet());
        Set<String> unknown = new TreeSet<>(rows.keySet());
        unknown.removeAll(measured);
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new IllegalStateException("%s has other rows than are measured: missing %s, not measured %s%s"
                    .formatted(file, missing, unknown, FIX));
        }
    }

    void write(Path file) {
        StringBuilder text = new StringBuilder(HEAD);
        rows.forEach((row, cost) -> text.append(String.format(Locale.ROOT, "%s\t%.3f%n", row, cost)));
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /**
     * A row as it was, and as it is now.
     *
     * @param kept the cost that was accepted
     */
    record Change(String row, double kept, double measured) {
        boolean isTooDear() {
            return measured > kept * (1 + TOLERATED);
        }

        /** For example {@code TCP keep-alive: 2.95 instead of 2.46 (+20 %)}. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s: %.2f instead of %.2f (%+.0f %%)",
                    row,
                    measured,
                    kept,
                    (measured / kept - 1) * 100);
        }
    }

    /** Of all rows, which have to be the same. */
    List<Change> changes(Map<String, Double> measured) {
        return rows.entrySet().stream()
                .map(row -> new Change(row.getKey(), row.getValue(), measured.getOrDefault(row.getKey(), Double.NaN)))
                .toList();
    }
}
