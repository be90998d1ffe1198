import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.apache.kafka.common.serialization.*;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.SessionWindowedSerializer;
import org.apache.kafka.streams.kstream.TimeWindowedSerializer;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.kstream.internals.SessionWindow;
import org.apache.kafka.streams.kstream.internals.TimeWindow;
import org.apache.kafka.streams.state.internals.WindowKeySchema;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyFramedOutputStream;
import org.xerial.snappy.SnappyOutputStream;

/**
 * Values serialised by Kafka's own serialisers and those of Kafka Streams: one line for each, with the serialiser, the value as
 * text and the bytes in base64. Run by scripts/java-fixtures.ts.
 */
public class Serializers {
    public static void main(String[] args) throws Exception {
        for (short value : new short[] {0, 1, -1, Short.MIN_VALUE, Short.MAX_VALUE}) print("short", value, new ShortSerializer());
        for (int value : new int[] {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) print("int", value, new IntegerSerializer());
        for (long value : new long[] {0, 1, -1, 1L << 53, (1L << 53) + 1, Long.MIN_VALUE, Long.MAX_VALUE}) print("long", value, new LongSerializer());
        for (float value : new float[] {0, -0f, 1.5f, 0.1f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) print("float", value, new FloatSerializer());
        for (double value : new double[] {0, -0d, 1.5, 0.1, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) print("double", value, new DoubleSerializer());
        for (boolean value : new boolean[] {false, true}) print("boolean", value, new BooleanSerializer());
        print("uuid", UUID.fromString("123e4567-e89b-42d3-a456-426614174000"), new UUIDSerializer());

        list("list short", Arrays.asList((short) 1, (short) -2, null, (short) 3), new ShortSerializer());
        list("list int", Arrays.asList(1, null, null, Integer.MIN_VALUE), new IntegerSerializer());
        list("list int", List.of(), new IntegerSerializer());
        list("list long", List.of(1L, Long.MAX_VALUE), new LongSerializer());
        list("list float", Arrays.asList(1.5f, null), new FloatSerializer());
        list("list double", Arrays.asList(null, 0.1), new DoubleSerializer());
        list("list uuid", Arrays.asList(UUID.fromString("123e4567-e89b-42d3-a456-426614174000"), null), new UUIDSerializer());
        list("list text", Arrays.asList("a", null, "", "größer"), new StringSerializer());
        list("list bytes", Arrays.asList(new byte[] {1, 2}, null, new byte[0]), new ByteArraySerializer());
        list("list boolean", Arrays.asList(true, null, false), new BooleanSerializer());

        long start = 1_700_000_000_000L;
        Windowed<String> window = new Windowed<>("key-1", new TimeWindow(start, start + 60_000));
        print("time window of text", "key-1 " + start, new TimeWindowedSerializer<>(new StringSerializer()).serialize("t", window));
        Windowed<Long> numbered = new Windowed<>(42L, new TimeWindow(0, 1));
        print("time window of long", "42 0", new TimeWindowedSerializer<>(new LongSerializer()).serialize("t", numbered));
        Bytes stored = WindowKeySchema.toStoreKeyBinary(Bytes.wrap("key-1".getBytes()), start, 3);
        print("stored time window of text", "key-1 " + start + " 3", stored.get());
        Windowed<String> session = new Windowed<>("key-1", new SessionWindow(start, start + 5));
        print("session window of text", "key-1 " + start + " " + (start + 5), new SessionWindowedSerializer<>(new StringSerializer()).serialize("t", session));
        for (String charset : new String[] {"ISO-8859-1", "windows-1252", "UTF-16BE", "UTF-16LE", "Shift_JIS", "GB18030", "KOI8-R", "EUC-KR", "Big5"}) {
            String text = charset.equals("KOI8-R") ? "Привет" : charset.equals("Shift_JIS") ? "こんにちは" : charset.equals("EUC-KR") ? "안녕" : charset.equals("Big5") || charset.equals("GB18030") ? "中文" : "größer";
            print("text " + charset, text, text.getBytes(charset));
        }
        compressed();
    }

    static void compressed() throws Exception {
        byte[] plain = "größer ".repeat(40).getBytes("UTF-8");
        print("raw snappy", "", Snappy.compress(plain));
        stream("xerial snappy", SnappyOutputStream::new, plain);
        stream("framed snappy", SnappyFramedOutputStream::new, plain);
        stream("lz4 frame", LZ4FrameOutputStream::new, plain);
        stream("zstd", ZstdOutputStream::new, plain);
        stream("gzip", GZIPOutputStream::new, plain);
        stream("zlib", DeflaterOutputStream::new, plain);
    }

    interface Opener {
        OutputStream open(OutputStream to) throws Exception;
    }

    static void stream(String name, Opener opener, byte[] plain) throws Exception {
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        try (OutputStream out = opener.open(to)) {
            out.write(plain);
        }
        print(name, "", to.toByteArray());
    }

    static <T> void print(String name, T value, Serializer<T> serializer) {
        print(name, String.valueOf(value), serializer.serialize("t", value));
    }

    static <T> void list(String name, List<T> value, Serializer<T> inner) {
        List<String> told = new ArrayList<>();
        for (T one : value) told.add(one instanceof byte[] ? Base64.getEncoder().encodeToString((byte[]) one) : String.valueOf(one));
        print(name, String.join("|", told), new ListSerializer<>(inner).serialize("t", new ArrayList<>(value)));
    }

    static void print(String name, String value, byte[] bytes) {
        System.out.println(name + "\t" + value + "\t" + Base64.getEncoder().encodeToString(bytes));
    }
}
