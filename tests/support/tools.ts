export { kcatConsume, kcatProduce, type KcatRecord } from '../../scripts/lib/kcat.ts'
export { type DescribedPosition, type KafkaTools, type LiveConsumer } from '../../scripts/lib/kafka-tools.ts'
