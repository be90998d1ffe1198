import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolAssignmentJsonConverter;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.message.ConsumerProtocolSubscriptionJsonConverter;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;

/**
 * Random records of Kafka's own topics, of every type and version, as bytes and as JSON, both by Kafka's own classes: one per
 * line, always the same ones. Run by scripts/java-fixtures.ts.
 */
public class InternalRecords {
    static final ObjectMapper json = new ObjectMapper().configure(JsonParser.Feature.ALLOW_COMMENTS, true);
    static final Random random = new Random(20_260_101);
    static final int SAMPLES = 3;

    public static void main(String[] args) throws Exception {
        topic("__consumer_offsets", "org.apache.kafka.coordinator.group.generated");
        topic("__transaction_state", "org.apache.kafka.coordinator.transaction.generated");
        topic("__share_group_state", "org.apache.kafka.coordinator.share.generated");
        for (short version = 0; version <= 3; version++) embedded(version);
    }

    static void topic(String topic, String from) throws Exception {
        Object[] types = Class.forName(from + ".CoordinatorRecordType").getEnumConstants();
        for (Object type : types) {
            Message range = (Message) call(type, "newRecordValue");
            for (short version = range.lowestSupportedVersion(); version <= range.highestSupportedVersion(); version++) {
                for (int n = 0; n < SAMPLES; n++) {
                    ApiMessage key = (ApiMessage) call(type, "newRecordKey");
                    ApiMessage value = (ApiMessage) call(type, "newRecordValue");
                    fill(key, (short) 0);
                    fill(value, version);
                    print(topic, key, value, version, null);
                }
            }
        }
    }

    /** A classic group of consumers, whose members' bytes are messages themselves. */
    static void embedded(short version) throws Exception {
        Class<?> type = Class.forName("org.apache.kafka.coordinator.group.generated.GroupMetadataValue");
        ApiMessage key = (ApiMessage) Class.forName("org.apache.kafka.coordinator.group.generated.GroupMetadataKey").getConstructor().newInstance();
        ApiMessage value = (ApiMessage) type.getConstructor().newInstance();
        fill(key, (short) 0);
        fill(value, (short) 3);
        set(value, "protocolType", "consumer");
        Object member = Class.forName(type.getName() + "$MemberMetadata").getConstructor().newInstance();
        List<TopicPartition> partitions = List.of(new TopicPartition("orders", 0), new TopicPartition("orders", 7), new TopicPartition("größer", 1));
        ByteBuffer user = version == 1 ? null : ByteBuffer.wrap(new byte[] {1, 2, (byte) 0xff});
        Subscription subscription = new Subscription(List.of("orders", "größer"), user, partitions, 5, Optional.of("rack-1"));
        ByteBuffer said = ConsumerProtocol.serializeSubscription(subscription, version);
        ByteBuffer given = ConsumerProtocol.serializeAssignment(new Assignment(partitions, user), version);
        set(member, "memberId", "m");
        set(member, "subscription", bytes(said));
        set(member, "assignment", bytes(given));
        set(value, "members", new ArrayList<>(List.of(member)));
        said.getShort();
        given.getShort();
        ObjectNode told = json.createObjectNode();
        told.set("subscription", ConsumerProtocolSubscriptionJsonConverter.write(new ConsumerProtocolSubscription(new ByteBufferAccessor(said), version), version));
        told.set("assignment", ConsumerProtocolAssignmentJsonConverter.write(new ConsumerProtocolAssignment(new ByteBufferAccessor(given), version), version));
        print("__consumer_offsets", key, value, (short) 3, told);
    }

    static void print(String topic, ApiMessage key, ApiMessage value, short version, JsonNode embedded) throws Exception {
        ObjectNode line = json.createObjectNode();
        line.put("topic", topic).put("type", key.apiKey()).put("version", version);
        line.put("key", base64(MessageUtil.toCoordinatorTypePrefixedByteBuffer(key)));
        line.set("keyJson", told(key, (short) 0));
        line.put("value", base64(MessageUtil.toVersionPrefixedByteBuffer(version, value)));
        line.set("valueJson", told(value, version));
        if (embedded != null) line.set("embedded", embedded);
        System.out.println(json.writeValueAsString(line));
    }

    static JsonNode told(ApiMessage message, short version) throws Exception {
        Class<?> converter = Class.forName(message.getClass().getName() + "JsonConverter");
        return (JsonNode) converter.getMethod("write", message.getClass(), short.class).invoke(null, message, version);
    }

    /** Sets every field of the version to a random value, nullable ones sometimes to null. */
    static void fill(ApiMessage message, short version) throws Exception {
        JsonNode definition = json.readTree(InternalRecords.class.getResourceAsStream("/common/message/" + message.getClass().getSimpleName() + ".json"));
        Map<String, JsonNode> structs = new HashMap<>();
        for (JsonNode struct : definition.path("commonStructs")) structs.put(struct.get("name").asText(), struct.get("fields"));
        fill(message, definition.get("fields"), structs, version);
    }

    static void fill(Object message, JsonNode fields, Map<String, JsonNode> structs, short version) throws Exception {
        for (JsonNode field : fields) {
            String versions = field.path("versions").asText(field.path("taggedVersions").asText());
            if (!has(versions, version)) continue;
            // Tagged fields may be absent.
            if (field.has("tag") && random.nextInt(3) == 0) continue;
            String name = field.get("name").asText();
            Field into = message.getClass().getDeclaredField(name.substring(0, 1).toLowerCase() + name.substring(1));
            into.setAccessible(true);
            boolean isNull = field.has("nullableVersions") && has(field.get("nullableVersions").asText(), version) && random.nextInt(4) == 0;
            into.set(message, isNull ? null : value(into, field, structs, version));
        }
    }

    static Object value(Field into, JsonNode field, Map<String, JsonNode> structs, short version) throws Exception {
        String type = field.get("type").asText();
        if (!type.startsWith("[]")) return one(into.getType(), type, field, structs, version);
        Class<?> of = (Class<?>) ((ParameterizedType) into.getGenericType()).getActualTypeArguments()[0];
        List<Object> list = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) list.add(one(of, type.substring(2), field, structs, version));
        return list;
    }

    static Object one(Class<?> of, String type, JsonNode field, Map<String, JsonNode> structs, short version) throws Exception {
        switch (type) {
            case "int8": return (byte) edge(Byte.MIN_VALUE, Byte.MAX_VALUE);
            case "int16": return (short) edge(Short.MIN_VALUE, Short.MAX_VALUE);
            case "uint16": return (int) edge(0, 65_535);
            case "int32": return (int) edge(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "int64": return edge(Long.MIN_VALUE, Long.MAX_VALUE);
            case "string": return new String[] {"", "a", "orders", "größer €", "x".repeat(130)}[random.nextInt(5)];
            case "uuid": return new Uuid(random.nextLong(), random.nextLong());
            case "bytes": {
                byte[] bytes = new byte[random.nextInt(5)];
                random.nextBytes(bytes);
                return bytes;
            }
            default: {
                Object struct = of.getConstructor().newInstance();
                fill(struct, field.has("fields") ? field.get("fields") : structs.get(type), structs, version);
                return struct;
            }
        }
    }

    static long edge(long least, long most) {
        switch (random.nextInt(5)) {
            case 0: return least;
            case 1: return most;
            case 2: return least == 0 ? 0 : -1;
            default: return random.nextInt(1 << 15) % (most < 256 ? 8 : 30_000);
        }
    }

    static boolean has(String versions, short version) {
        if (versions.equals("none") || versions.isEmpty()) return false;
        if (versions.endsWith("+")) return version >= Integer.parseInt(versions.substring(0, versions.length() - 1));
        String[] ends = versions.split("-");
        return version >= Integer.parseInt(ends[0]) && version <= Integer.parseInt(ends[ends.length - 1]);
    }

    static void set(Object object, String name, Object value) throws Exception {
        Field field = object.getClass().getDeclaredField(name);
        field.setAccessible(true);
        field.set(object, value);
    }

    static Object call(Object on, String name) throws Exception {
        return on.getClass().getMethod(name).invoke(on);
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    static String base64(ByteBuffer buffer) {
        return Base64.getEncoder().encodeToString(bytes(buffer));
    }
}
