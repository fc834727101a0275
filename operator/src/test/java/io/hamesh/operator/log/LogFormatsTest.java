package io.hamesh.operator.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.Status;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Both formats as they ship: a line stays one line, and a field ends where it should. */
class LogFormatsTest {
    private static final String WORDS = "Consul said \"no\"\nand more";

    @Test
    void textQuotesAndEscapesWhatNeedsIt() throws Exception {
        assertThat(logged("text"))
                .endsWith(
                        " WARN  Test not written pod=shop/api-1 tries=2 error=\"Consul said \\\"no\\\"\\nand more\"\n");
    }

    @Test
    void jsonHasEachFieldByItsName() throws Exception {
        String line = logged("json");
        assertThat(line.lines()).hasSize(1);
        JsonNode json = JsonMapper.builder().build().readTree(line);
        assertThat(json.path("time").asText()).endsWith("Z");
        assertThat(json.path("level").asText()).isEqualTo("WARN");
        assertThat(json.path("message").asText()).isEqualTo("not written");
        assertThat(json.path("pod").asText()).isEqualTo("shop/api-1");
        assertThat(json.path("tries").asInt()).isEqualTo(2);
        assertThat(json.path("error").asText()).isEqualTo(WORDS);
    }

    private static String logged(String format) throws JoranException {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        context.putProperty("HAMESH_LOG_FORMAT", format);
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Objects.requireNonNull(LogFormatsTest.class.getResource("/logback.xml")));
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .extracting(Status::getLevel)
                .allMatch(level -> level < Status.WARN);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Logger root = context.getLogger("ROOT");
        ((OutputStreamAppender<ILoggingEvent>) root.getAppender("OUT")).setOutputStream(out);
        context.getLogger("io.hamesh.Test")
                .atWarn()
                .addKeyValue("pod", "shop/api-1")
                .addKeyValue("tries", 2)
                .addKeyValue("error", WORDS)
                .log("not written");
        context.stop();
        return out.toString(StandardCharsets.UTF_8);
    }
}
