import type { Target } from './find-routes.ts';

/** Whom an answer is for: HTTP by the way of Jaeger, or OTLP. */
export type Speech = 'jaeger' | 'otlp';

type Fix = string | ((target: Target, speech: Speech) => string);

const credentials =
  'Jaeger takes them by OTEL_EXPORTER_JAEGER_USER and _PASSWORD or OTEL_EXPORTER_JAEGER_HEADERS, OTLP by OTEL_EXPORTER_OTLP_HEADERS';

/** What a collector, or whoever answered in its place, has said, and what mends it; the first that fits. */
const fixes: readonly (readonly [RegExp, Fix])[] = [
  [
    /^answered 404|gRPC status 12\b/,
    (target, speech) => `nobody takes spans at this path; ${rightPath(target, speech)}`,
  ],
  [/^answered 405/, (target, speech) => `it takes no POST at this path; ${rightPath(target, speech)}`],
  [/^answered 407/, 'that is the proxy, which wants a user and a password: HTTP_PROXY=http://user:password@proxy:3128'],
  [/^answered 401|gRPC status 16\b/, `it wants credentials, or others: ${credentials}`],
  [
    /^answered 403|gRPC status 7\b/,
    `it knows who asks and does not let them: other credentials, or their rights. ${credentials}`,
  ],
  [
    /^answered 413/,
    'the body is too large for it or for a proxy before it: lower TRACING_MAX_PAYLOAD_BYTES, or raise its limit',
  ],
  [/^answered 415/, 'it does not take this kind of body: is it Jaeger where OTLP is sent, or the other way round?'],
  [/^answered 400/, 'it cannot read the body: is it Jaeger where OTLP is sent, or the other way round?'],
  [
    /^answered (?:429|HTTP 429)|gRPC status 8\b/,
    'it takes fewer spans than it is sent: raise its limits, or sample (OTEL_TRACES_SAMPLER)',
  ],
  [
    /^answered (?:HTTP )?50[234]|gRPC status 14\b/,
    'it, or what it stands behind, is overloaded, starting or away: look at its own log',
  ],
  [/web page/, 'Jaeger takes spans on port 14268 at /api/traces, OTLP on 4318 at /v1/traces'],
  [/a redirect to/, 'set the address that it redirects to'],
  [/without a gRPC status/, 'use the gRPC port (4317), or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf'],
  [/is not HTTP\/1|ECONNRESET|ended without an answer/, whoHangsUp],
  [
    /ERR_HTTP2|NGHTTP2|protocol error/i,
    'what answers speaks no HTTP/2; use the gRPC port (4317), or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
  ],
  [
    /CERTIFICATE_REQUIRED|BAD_CERTIFICATE|HANDSHAKE_FAILURE/,
    'it wants a certificate of ours: set …_CLIENT_CERTIFICATE and …_CLIENT_KEY',
  ],
  [
    /no answer in time/,
    'something takes the connection and never answers: a port of another kind, a collector that hangs, or a firewall between',
  ],
];

function whoHangsUp({ kind }: Target, speech: Speech): string {
  if (kind === 'grpc') return 'it hangs up: is this the gRPC port (4317)?';
  const fix =
    speech === 'jaeger'
      ? "use Jaeger's http://<host>:14268/api/traces"
      : 'use the HTTP port (4318), or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc';
  return `what answers speaks HTTP/2, as gRPC does; ${fix}`;
}

function rightPath({ kind }: Target, speech: Speech): string {
  if (kind === 'grpc') return 'is this the gRPC port of a collector (4317)?';
  return speech === 'jaeger' ? "Jaeger's is http://<host>:14268/api/traces" : "OTLP's is http://<host>:4318/v1/traces";
}

/** @returns what mends it; undefined where nothing more is known than what was said */
export function explainOutcome(why: string, target: Target, speech: Speech): string | undefined {
  const fix = fixes.find(([pattern]) => pattern.test(why))?.[1];
  return typeof fix === 'function' ? fix(target, speech) : fix;
}
