import type { Encoder, EncoderOptions } from './encoder.ts';
import { JaegerBatch } from './jaeger-batch.ts';
import { ThriftBinaryProtocol } from './thrift-binary-protocol.ts';
import { ThriftCompactProtocol } from './thrift-compact-protocol.ts';

export interface JaegerAgentEncoderOptions extends EncoderOptions {
  /** `compact` for the agent's port 6831, `binary` for 6832. */
  readonly protocol: 'binary' | 'compact';
}

/**
 * Creates the encoder for a Jaeger agent's UDP ports; one payload is one packet, and an agent reads at
 * most 65 000 bytes of it.
 *
 *     packet = oneway emitBatch(1: Batch), in either protocol
 */
export function createJaegerAgentEncoder({ protocol, ...options }: JaegerAgentEncoderOptions): Encoder {
  return new JaegerBatch({
    ...options,
    contentType: `application/vnd.apache.thrift.${protocol}`,
    createProtocol: (writer) =>
      protocol === 'compact' ? new ThriftCompactProtocol(writer) : new ThriftBinaryProtocol(writer),
    message: 'emitBatch',
  });
}
