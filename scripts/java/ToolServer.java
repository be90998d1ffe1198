import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.internals.Exit;

/**
 * Runs Kafka's own tools in one JVM that keeps running: a tool's work takes tens of milliseconds, loading its classes more than a
 * second. One connection is one call. The request is one line with the main class, the input and the arguments, each in Base64; the
 * answer is a line with the exit code, stdout and stderr. A request may name a "member" instead of a main class; it lives as long
 * as the connection.
 *
 * Each call has its own threads, and an inherited variable says where their output is collected. A tool that calls exit is unwound by
 * an error; if it catches that error, its output up to the call is complete, and what it prints afterwards is dropped.
 */
public final class ToolServer {
    private static final InheritableThreadLocal<Call> CALLS = new InheritableThreadLocal<>();
    private static final PrintStream OWN = System.err;

    public static void main(String[] arguments) throws IOException {
        System.setOut(new PrintStream(new Routed(false), true, Charset.defaultCharset()));
        System.setErr(new PrintStream(new Routed(true), true, Charset.defaultCharset()));
        System.setIn(new RoutedInput());
        Exit.setExitProcedure(ToolServer::exit);
        Exit.setHaltProcedure(ToolServer::exit);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(arguments[0]));
            OWN.println("ready");
            for (;;) {
                SocketChannel client = server.accept();
                new Thread(() -> answer(client), "call").start();
            }
        }
    }

    private static void answer(SocketChannel client) {
        try (client) {
            String[] fields = line(Channels.newInputStream(client)).split(" ", -1);
            String[] tool = new String[fields.length - 2];
            for (int i = 0; i < tool.length; i++) tool[i] = text(fields[i + 2]);
            if (text(fields[0]).equals("member")) {
                member(client, tool);
                return;
            }
            Call call = new Call(Base64.getDecoder().decode(fields[1]));
            CALLS.set(call);
            run(text(fields[0]), tool, call);
            String line = call.code + " " + call.out.encoded() + " " + call.err.encoded() + "\n";
            OutputStream out = Channels.newOutputStream(client);
            out.write(line.getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException | RuntimeException | Error e) {
            // The caller only sees that there is no answer.
            e.printStackTrace(OWN);
        }
    }

    /**
     * A group's member that reads the topic until the caller closes the connection, or an error ends it: like the console consumer,
     * but without a JVM of its own. Reports once that its partitions are assigned. The channel is used directly: its
     * streams share a lock (in Java 17), so a waiting read would block a write.
     */
    private static void member(SocketChannel client, String[] arguments) {
        Properties properties = new Properties();
        for (int i = 1; i < arguments.length; i++) {
            int at = arguments[i].indexOf('=');
            properties.setProperty(arguments[i].substring(0, at), arguments[i].substring(at + 1));
        }
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, bytes, bytes)) {
            new Thread(() -> {
                awaitEnd(client);
                consumer.wakeup();
            }, "member").start();
            consumer.subscribe(List.of(arguments[0]), new ConsumerRebalanceListener() {
                private boolean told;

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> given) {
                    if (!told) say(client, "joined\n");
                    told = true;
                }

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> taken) {}
            });
            for (;;) consumer.poll(Duration.ofMinutes(1));
        } catch (WakeupException e) {
            // The caller has closed the connection.
        } catch (RuntimeException e) {
            say(client, e + "\n");
        }
    }

    private static void awaitEnd(SocketChannel client) {
        ByteBuffer nothing = ByteBuffer.allocate(16);
        try {
            while (client.read(nothing) >= 0) nothing.clear();
        } catch (IOException e) {
            // A closed connection ends it as well.
        }
    }

    private static void say(SocketChannel client, String line) {
        try {
            client.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            // The caller has gone, which ends the member.
        }
    }

    private static void run(String name, String[] arguments, Call call) {
        try {
            Class.forName(name).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof Ended)) {
                e.getCause().printStackTrace();
                call.end(1);
            }
        } catch (ReflectiveOperationException e) {
            e.printStackTrace();
            call.end(1);
        }
        call.end(0);
    }

    private static void exit(int code, String message) {
        Call call = CALLS.get();
        if (call == null) return;
        if (message != null) System.err.println(message);
        call.end(code);
        throw new Ended();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] piece = new byte[8192];
        for (int read; (read = in.read(piece)) > 0; ) {
            line.write(piece, 0, read);
            if (piece[read - 1] == '\n') break;
        }
        return line.toString(StandardCharsets.US_ASCII).trim();
    }

    private static String text(String field) {
        return new String(Base64.getDecoder().decode(field), StandardCharsets.UTF_8);
    }

    private static final class Ended extends Error {
        Ended() {
            super(null, null, false, false);
        }
    }

    private static final class Call {
        final Sink out = new Sink();
        final Sink err = new Sink();
        final InputStream in;
        volatile Integer code;

        Call(byte[] input) {
            in = new ByteArrayInputStream(input);
        }

        /** The first exit counts. */
        synchronized void end(int with) {
            if (code != null) return;
            code = with;
            out.close();
            err.close();
        }
    }

    private static final class Sink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean closed;

        synchronized void write(byte[] piece, int from, int length) {
            if (!closed) bytes.write(piece, from, length);
        }

        synchronized void close() {
            closed = true;
        }

        synchronized String encoded() {
            return Base64.getEncoder().encodeToString(bytes.toByteArray());
        }
    }

    private static final class Routed extends OutputStream {
        private final boolean isError;

        Routed(boolean isError) {
            this.isError = isError;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] piece, int from, int length) {
            Call call = CALLS.get();
            if (call == null) OWN.write(piece, from, length);
            else (isError ? call.err : call.out).write(piece, from, length);
        }
    }

    private static final class RoutedInput extends InputStream {
        @Override
        public int read() throws IOException {
            return in().read();
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return in().read(into, from, length);
        }

        private static InputStream in() {
            Call call = CALLS.get();
            return call == null ? InputStream.nullInputStream() : call.in;
        }
    }
}
