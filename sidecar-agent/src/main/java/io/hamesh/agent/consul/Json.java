package io.hamesh.agent.consul;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value, read with the streaming parser alone: data binding would double the agent's memory. What is absent or
 * null reads as empty, as Consul leaves out and nulls what is empty.
 */
final class Json {
    // The stream stays open: a connection serves again only when it was read to its end.
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamReadFeature.AUTO_CLOSE_SOURCE).build();

    private final @Nullable Object value;

    private Json(@Nullable Object value) {
        this.value = value;
    }

    /** Reads one whole document. */
    static Json read(InputStream in) throws IOException {
        try (JsonParser parser = FACTORY.createParser(in)) {
            parser.nextToken();
            return new Json(tree(parser));
        }
    }

    /** Reads an array element by element, so that a list of thousands is never in memory as a whole. */
    static void forEach(InputStream in, ElementReader reader) throws IOException {
        try (JsonParser parser = FACTORY.createParser(in)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.VALUE_NULL) {
                return;
            }
            if (first != JsonToken.START_ARRAY) {
                throw new IOException("expected a JSON array");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                reader.read(new Json(tree(parser)));
            }
        }
    }

    interface ElementReader {
        void read(Json element) throws IOException;
    }

    Json get(String field) {
        return new Json(value instanceof Map<?, ?> object ? object.get(field) : null);
    }

    /** The text, or an empty one. */
    String text() {
        return value instanceof String text ? text : "";
    }

    /** The text, which has to be there. */
    String requiredText(String name) throws IOException {
        if (text().isEmpty()) {
            throw new IOException(name + " is missing");
        }
        return text();
    }

    /** The whole number, or 0. */
    int number() {
        return value instanceof Integer number ? number : 0;
    }

    boolean isTrue() {
        return Boolean.TRUE.equals(value);
    }

    boolean isEmpty() {
        return value == null
                || (value instanceof Map<?, ?> object && object.isEmpty())
                || (value instanceof List<?> list && list.isEmpty());
    }

    /** The elements of an array, or none. */
    List<Json> elements() {
        List<Json> elements = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(element -> elements.add(new Json(element)));
        }
        return elements;
    }

    private static @Nullable Object tree(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new IOException("JSON ends too early");
        }
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            // No number with a fraction matters here.
            default -> null;
        };
    }

    private static @Nullable Integer integer(JsonParser parser) throws IOException {
        return parser.getNumberType() == JsonParser.NumberType.INT ? parser.getIntValue() : null;
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> object = new HashMap<>();
        for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
            parser.nextToken();
            object.put(field, tree(parser));
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("JSON ends too early");
        }
        return object;
    }

    private static List<@Nullable Object> array(JsonParser parser) throws IOException {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(tree(parser));
        }
        return array;
    }
}
