package io.hamesh.operator.pem;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.encoders.DecoderException;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** What stands between {@code -----BEGIN …-----} and {@code -----END …-----}. */
public final class PemBlocks {
    public static final String CERTIFICATE = "CERTIFICATE";

    /** PKCS#8. */
    public static final String PRIVATE_KEY = "PRIVATE KEY";

    private PemBlocks() {}

    /**
     * The content, DER, of all blocks of a type, in their order.
     *
     * @throws IllegalArgumentException where a block has no end, or is not Base64
     */
    public static List<byte[]> of(String type, String text) {
        List<byte[]> blocks = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(text))) {
            for (PemObject block = reader.readPemObject(); block != null; block = reader.readPemObject()) {
                if (block.getType().equals(type)) {
                    blocks.add(block.getContent());
                }
            }
        } catch (IOException | DecoderException e) {
            throw new IllegalArgumentException("not PEM", e); // no word of the text, which may be a key
        }
        return blocks;
    }

    /** One block. */
    public static String write(String type, byte[] der) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
