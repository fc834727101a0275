package io.hamesh.operator.log;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.event.KeyValuePair;

/**
 * {@code %fields} of the text format: each as {@code key=value} after a space, quoted and escaped where the value would not
 * end where it should. Logback's own {@code %kvp} escapes nothing.
 */
public final class TextFieldsConverter extends ClassicConverter {
    @Override
    public String convert(ILoggingEvent event) {
        List<KeyValuePair> fields = Objects.requireNonNullElse(event.getKeyValuePairs(), List.of());
        return fields.stream()
                .map(field -> " " + field.key + "=" + quoted(String.valueOf(field.value)))
                .collect(Collectors.joining());
    }

    private static String quoted(String value) {
        boolean plain = !value.isEmpty() && value.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '=' || c == 0x7f);
        if (plain) {
            return value;
        }
        String escaped = value.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
        return '"' + escaped + '"';
    }
}
