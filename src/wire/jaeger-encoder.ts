import type { Encoder } from './encoder.ts';
import { JaegerBatch } from './jaeger-batch.ts';
import { ThriftBinaryProtocol } from './thrift-binary-protocol.ts';

/**
 * Creates the encoder for a Jaeger collector's `POST /api/traces`.
 *
 *     body = Batch struct in TBinaryProtocol, without a message around it
 */
export function createJaegerEncoder(): Encoder {
  return new JaegerBatch({
    contentType: 'application/vnd.apache.thrift.binary',
    createProtocol: (writer) => new ThriftBinaryProtocol(writer),
  });
}
