import { paths, tokens } from './list-type.ts';
import type { Option } from './option.ts';
import { oneOf } from './value-type.ts';

/** What the tracing of HTTP does, on the side of the server and of the client. */
export const httpOptions = {
  ignorePaths: {
    env: ['TRACING_IGNORE_PATHS'],
    yaml: 'ignore_paths',
    type: paths,
    default: [],
    group: 'instrumentation',
    doc: 'Paths whose requests are not recorded, nor anything below them, such as `/healthz,/ready*`; gRPC methods too, such as `/grpc.health.v1.*`.',
  },
  httpInstrumentation: {
    env: ['TRACING_HTTP_INSTRUMENTATION'],
    yaml: 'instrumentations.http',
    type: oneOf('native', 'official'),
    default: 'native',
    group: 'instrumentation',
    doc: "Who makes the spans of HTTP: we, or OpenTelemetry's own instrumentation, which takes several times as long.",
  },
  httpKnownMethods: {
    env: ['OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS'],
    yaml: 'http.known_methods',
    declarative: 'instrumentation/development.general.http.server.known_methods',
    type: tokens,
    default: undefined,
    group: 'instrumentation',
    doc: 'HTTP methods that are named in spans instead of `_OTHER`; unset, the standard ones. Native instrumentation only.',
  },
  httpServerRequestHeaders: {
    env: ['OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST'],
    yaml: 'http.server.request_captured_headers',
    declarative: 'instrumentation/development.general.http.server.request_captured_headers',
    type: tokens,
    default: [],
    group: 'instrumentation',
    doc: 'Headers of incoming requests that become attributes.',
  },
  httpServerResponseHeaders: {
    env: ['OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_RESPONSE'],
    yaml: 'http.server.response_captured_headers',
    declarative: 'instrumentation/development.general.http.server.response_captured_headers',
    type: tokens,
    default: [],
    group: 'instrumentation',
    doc: 'Headers of the responses to them.',
  },
  httpClientRequestHeaders: {
    env: ['OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_REQUEST'],
    yaml: 'http.client.request_captured_headers',
    declarative: 'instrumentation/development.general.http.client.request_captured_headers',
    type: tokens,
    default: [],
    group: 'instrumentation',
    doc: 'Headers of outgoing requests that become attributes.',
  },
  httpClientResponseHeaders: {
    env: ['OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_RESPONSE'],
    yaml: 'http.client.response_captured_headers',
    declarative: 'instrumentation/development.general.http.client.response_captured_headers',
    type: tokens,
    default: [],
    group: 'instrumentation',
    doc: 'Headers of the responses to them.',
  },
} as const satisfies Readonly<Record<string, Option>>;
