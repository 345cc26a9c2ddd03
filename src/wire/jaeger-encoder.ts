import type { Encoder, EncoderOptions } from './encoder.ts';
import { JaegerBatch } from './jaeger-batch.ts';
import { ThriftBinaryProtocol } from './thrift-binary-protocol.ts';

/**
 * Creates the encoder for a Jaeger collector's `POST /api/traces`.
 *
 *     body = Batch struct in TBinaryProtocol, without a message around it
 */
export function createJaegerEncoder(options: EncoderOptions = {}): Encoder {
  return new JaegerBatch({
    ...options,
    contentType: 'application/vnd.apache.thrift.binary',
    createProtocol: (writer) => new ThriftBinaryProtocol(writer),
  });
}
