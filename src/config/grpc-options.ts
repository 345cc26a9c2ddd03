import { tokens } from './list-type.ts';
import type { Option } from './option.ts';
import { oneOf } from './value-type.ts';

/** What the tracing of gRPC does, on the side of the server and of the client. */
export const grpcOptions = {
  grpcInstrumentation: {
    env: ['TRACING_GRPC_INSTRUMENTATION'],
    yaml: 'instrumentations.grpc',
    type: oneOf('native', 'official'),
    default: 'native',
    group: 'instrumentation',
    doc: "Who makes the spans of gRPC: we, or OpenTelemetry's own instrumentation, which knows no `TRACING_IGNORE_PATHS`.",
  },
  grpcServerRequestMetadata: {
    env: ['OTEL_INSTRUMENTATION_GRPC_CAPTURE_METADATA_SERVER_REQUEST'],
    yaml: 'grpc.server.request_captured_metadata',
    type: tokens,
    default: [],
    group: 'instrumentation',
    doc: 'Metadata of incoming calls that become attributes.',
  },
  grpcServerResponseMetadata: {
    env: ['OTEL_INSTRUMENTATION_GRPC_CAPTURE_METADATA_SERVER_RESPONSE'],
    yaml: 'grpc.server.response_captured_metadata',
    type: tokens,
    default: [],
    group: 'instrumentation',
    doc: 'Metadata of the answers to them, trailers excepted.',
  },
  grpcClientRequestMetadata: {
    env: ['OTEL_INSTRUMENTATION_GRPC_CAPTURE_METADATA_CLIENT_REQUEST'],
    yaml: 'grpc.client.request_captured_metadata',
    type: tokens,
    default: [],
    group: 'instrumentation',
    doc: 'Metadata of outgoing calls that become attributes.',
  },
  grpcClientResponseMetadata: {
    env: ['OTEL_INSTRUMENTATION_GRPC_CAPTURE_METADATA_CLIENT_RESPONSE'],
    yaml: 'grpc.client.response_captured_metadata',
    type: tokens,
    default: [],
    group: 'instrumentation',
    doc: 'Metadata of the answers to them, trailers excepted.',
  },
} as const satisfies Readonly<Record<string, Option>>;
