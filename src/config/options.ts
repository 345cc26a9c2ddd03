import { grpcOptions } from './grpc-options.ts';
import { httpOptions } from './http-options.ts';
import { instrumentationNames } from './instrumentation-names.ts';
import { listOf } from './list-type.ts';
import type { Option, ValueOf } from './option.ts';
import { otlpOptions } from './otlp-options.ts';
import { attributes, headers } from './pairs-type.ts';
import { sdkOptions } from './sdk-options.ts';
import { collectorUrls } from './url-type.ts';
import {
  boolean,
  bytes,
  count,
  flag,
  hostAddress,
  hostName,
  length,
  listenPort,
  milliseconds,
  oneOf,
  port,
  positiveCount,
  ratio,
  text,
  timeoutMilliseconds,
  traceparent,
} from './value-type.ts';

/**
 * The one table of options. Parsing, messages, "did you mean", what NodeSDK gets to see and the documentation all
 * come from its rows; the key of a row is the name of the setting:
 *
 *     preload          sdkDisabled configFile strict flushTimeoutMs stats logCorrelation maxPayloadBytes maxQueueBytes logLevel
 *     service          serviceName namespace address resourceAttributes registerName grpcPort resourceDetectors
 *     exporter         tracesExporter tracingUrl jaegerEndpoint jaegerUser jaegerPassword jaegerTimeoutMs
 *                      jaegerHeaders jaegerCompression jaegerCertificate jaegerClientKey jaegerClientCertificate
 *                      jaegerAgentHost jaegerAgentPort
 *     otlp             otlp… otlpTraces… otlpMetrics… otlpLogs… with Endpoint Protocol Headers TimeoutMs Compression
 *                      Certificate ClientKey ClientCertificate Insecure (src/config/otlp-options.ts)
 *     batch            scheduleDelayMs exportTimeoutMs maxQueueSize maxExportBatchSize
 *     spool            spoolDirectory spoolMaxBytes spoolMaxAgeMs spoolReplayBytes
 *     sampling         tracesSampler tracesSamplerArg propagators
 *     limits           attributeValueLengthLimit attributeCountLimit spanAttributeValueLengthLimit
 *                      spanAttributeCountLimit spanEventCountLimit spanLinkCountLimit eventAttributeCountLimit
 *                      linkAttributeCountLimit
 *     instrumentation  enabledInstrumentations disabledInstrumentations … (also src/config/http-options.ts, grpc-options.ts)
 *     metrics, logs    metricsExporter logsExporter … (src/config/sdk-options.ts)
 *     platform         httpProxy httpsProxy noProxy podIp traceparent tracestate baggage lambdaHandler
 *
 * `none` in a list is the empty list; an option without a default is `undefined` where nothing sets it.
 */
export const options = {
  tracingUrl: {
    env: ['TRACING_URL'],
    yaml: 'tracing_url',
    type: collectorUrls,
    default: undefined,
    group: 'exporter',
    doc: 'Where Jaeger takes spans, such as `http://jaeger:14268/api/traces`; may hold `user:password@`. Several are a list: the first that takes spans gets them.',
  },
  tracesExporter: {
    env: ['OTEL_TRACES_EXPORTER'],
    yaml: 'exporter.traces',
    type: listOf(['jaeger', 'otlp', 'console']),
    default: undefined,
    group: 'exporter',
    doc: 'Exporters of spans; unset, Jaeger where one of its addresses is set and OTLP otherwise.',
  },
  jaegerEndpoint: {
    env: ['OTEL_EXPORTER_JAEGER_ENDPOINT'],
    yaml: 'exporter.jaeger.endpoint',
    type: collectorUrls,
    default: undefined,
    group: 'exporter',
    doc: 'Same as `TRACING_URL`, by its OpenTelemetry name.',
  },
  jaegerUser: {
    env: ['OTEL_EXPORTER_JAEGER_USER'],
    yaml: 'exporter.jaeger.user',
    type: text,
    default: undefined,
    group: 'exporter',
    doc: 'User for basic authentication at Jaeger.',
  },
  jaegerPassword: {
    env: ['OTEL_EXPORTER_JAEGER_PASSWORD'],
    yaml: 'exporter.jaeger.password',
    type: text,
    default: undefined,
    secret: true,
    group: 'exporter',
    doc: 'Password for basic authentication at Jaeger.',
  },
  jaegerTimeoutMs: {
    env: ['OTEL_EXPORTER_JAEGER_TIMEOUT'],
    yaml: 'exporter.jaeger.timeout_ms',
    type: timeoutMilliseconds,
    default: 10_000,
    group: 'exporter',
    doc: 'The longest that one request to Jaeger may take; 0 is no limit.',
  },
  jaegerHeaders: {
    env: ['OTEL_EXPORTER_JAEGER_HEADERS'],
    yaml: 'exporter.jaeger.headers',
    type: headers,
    default: {},
    secret: true,
    group: 'exporter',
    doc: 'Headers of each request to Jaeger, `name=value,name2=value2`; in YAML a map.',
  },
  jaegerCompression: {
    env: ['OTEL_EXPORTER_JAEGER_COMPRESSION'],
    yaml: 'exporter.jaeger.compression',
    type: oneOf('gzip', 'none'),
    default: 'none',
    group: 'exporter',
    doc: 'Compression of requests to Jaeger; a Jaeger that does not unzip, such as 1.x, is then sent plain ones.',
  },
  jaegerCertificate: {
    env: ['OTEL_EXPORTER_JAEGER_CERTIFICATE'],
    yaml: 'exporter.jaeger.certificate',
    type: text,
    default: undefined,
    group: 'exporter',
    doc: 'File with the certificates to trust, PEM, for Jaeger by https.',
  },
  jaegerClientKey: {
    env: ['OTEL_EXPORTER_JAEGER_CLIENT_KEY'],
    yaml: 'exporter.jaeger.client_key',
    type: text,
    default: undefined,
    group: 'exporter',
    doc: 'File with the own private key for mutual TLS, PEM, for Jaeger by https.',
  },
  jaegerClientCertificate: {
    env: ['OTEL_EXPORTER_JAEGER_CLIENT_CERTIFICATE'],
    yaml: 'exporter.jaeger.client_certificate',
    type: text,
    default: undefined,
    group: 'exporter',
    doc: 'File with the own certificate for mutual TLS, PEM, for Jaeger by https.',
  },
  jaegerAgentHost: {
    env: ['OTEL_EXPORTER_JAEGER_AGENT_HOST'],
    yaml: 'exporter.jaeger.agent_host',
    type: hostName,
    default: undefined,
    group: 'exporter',
    doc: "Host of a Jaeger agent, which takes spans over UDP; used when Jaeger's URL is not set.",
  },
  jaegerAgentPort: {
    env: ['OTEL_EXPORTER_JAEGER_AGENT_PORT'],
    yaml: 'exporter.jaeger.agent_port',
    type: port,
    default: undefined,
    group: 'exporter',
    doc: 'Port of the agent: 6832 (binary Thrift, used when only the host is set) or 6831 (compact Thrift).',
  },

  serviceName: {
    env: ['OTEL_SERVICE_NAME'],
    yaml: 'service.name',
    type: text,
    default: undefined,
    sdk: true,
    group: 'service',
    doc: 'Name of the service.',
  },
  namespace: {
    env: ['TRACING_NAMESPACE'],
    yaml: 'namespace',
    type: text,
    default: undefined,
    group: 'service',
    doc: 'Namespace of the service: its environment or team, such as `dev`.',
  },
  address: {
    env: ['TRACING_ADDRESS'],
    yaml: 'tracing_address',
    type: hostAddress,
    default: undefined,
    group: 'service',
    doc: 'Own address, `host` or `host:port`; unset, it is detected.',
  },
  registerName: {
    env: [],
    yaml: 'register.name',
    type: text,
    default: undefined,
    group: 'service',
    doc: 'Name under which the service registers itself; its name where `OTEL_SERVICE_NAME` is not set.',
  },
  grpcPort: {
    env: [],
    yaml: 'register.grpc_port',
    type: listenPort,
    default: undefined,
    group: 'service',
    doc: 'Port of the own gRPC server, the port of the own address.',
  },
  resourceAttributes: {
    env: ['OTEL_RESOURCE_ATTRIBUTES'],
    yaml: 'resource.attributes',
    type: attributes,
    default: {},
    sdk: true,
    group: 'service',
    doc: 'More attributes of the service, `key=value,key2=value2`; in YAML a map.',
  },
  resourceDetectors: {
    env: ['OTEL_NODE_RESOURCE_DETECTORS'],
    yaml: 'resource.detectors',
    type: listOf(['env', 'host', 'os', 'process', 'serviceinstance', 'container', 'alibaba', 'aws', 'azure', 'gcp'], {
      all: ['env', 'host', 'os', 'process', 'serviceinstance', 'container', 'alibaba', 'aws', 'azure', 'gcp'],
      service: ['serviceinstance'],
    }),
    default: ['env', 'host', 'os', 'process', 'serviceinstance', 'container'],
    group: 'service',
    doc: 'What is found out about the service by itself; the clouds ask a metadata server and so only when named.',
  },

  scheduleDelayMs: {
    env: ['OTEL_BSP_SCHEDULE_DELAY'],
    yaml: 'batch.schedule_delay_ms',
    type: milliseconds,
    default: 5000,
    group: 'batch',
    doc: 'The longest that an ended span waits for its batch to fill.',
  },
  exportTimeoutMs: {
    env: ['OTEL_BSP_EXPORT_TIMEOUT'],
    yaml: 'batch.export_timeout_ms',
    type: timeoutMilliseconds,
    default: 30_000,
    group: 'batch',
    doc: 'The longest that one attempt to send a batch may take; 0 is no limit.',
  },
  maxQueueSize: {
    env: ['OTEL_BSP_MAX_QUEUE_SIZE'],
    yaml: 'batch.max_queue_size',
    type: positiveCount,
    default: Infinity,
    group: 'batch',
    doc: 'The most spans that wait to be sent; unset, only `TRACING_MAX_QUEUE_BYTES` limits them.',
  },
  maxExportBatchSize: {
    env: ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'],
    yaml: 'batch.max_export_batch_size',
    type: positiveCount,
    default: 512,
    group: 'batch',
    doc: 'The most spans in one batch; not more than wait.',
  },
  maxPayloadBytes: {
    env: ['TRACING_MAX_PAYLOAD_BYTES'],
    yaml: 'batch.max_payload_bytes',
    type: bytes,
    default: 1_048_576,
    group: 'batch',
    doc: 'The most bytes in one batch before compression.',
  },
  maxQueueBytes: {
    env: ['TRACING_MAX_QUEUE_BYTES'],
    yaml: 'batch.max_queue_bytes',
    type: bytes,
    default: 67_108_864,
    group: 'batch',
    doc: 'The most encoded bytes that wait to be sent; what is over it is dropped and counted.',
  },

  spoolDirectory: {
    env: ['TRACING_SPOOL_DIR'],
    yaml: 'spool.directory',
    type: text,
    default: undefined,
    group: 'spool',
    doc: 'Directory where spans wait on disk while the collector does not take them; unset, they wait in memory only.',
  },
  spoolMaxBytes: {
    env: ['TRACING_SPOOL_MAX_BYTES'],
    yaml: 'spool.max_bytes',
    type: bytes,
    default: 268_435_456,
    group: 'spool',
    doc: 'The most bytes in that directory; what is over it waits in memory.',
  },
  spoolMaxAgeMs: {
    env: ['TRACING_SPOOL_MAX_AGE'],
    yaml: 'spool.max_age_ms',
    type: milliseconds,
    default: 259_200_000,
    group: 'spool',
    doc: 'Age at which a file of that directory is deleted.',
  },
  spoolReplayBytes: {
    env: ['TRACING_SPOOL_REPLAY_RATE'],
    yaml: 'spool.replay_bytes_per_second',
    type: bytes,
    default: 4_194_304,
    group: 'spool',
    doc: 'The most bytes a second that are sent from disk, beside what the app ends now.',
  },

  tracesSampler: {
    env: ['OTEL_TRACES_SAMPLER'],
    yaml: 'sampler.name',
    type: oneOf(
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ),
    default: 'parentbased_always_on',
    sdk: true,
    group: 'sampling',
    doc: 'Which traces are recorded.',
  },
  tracesSamplerArg: {
    env: ['OTEL_TRACES_SAMPLER_ARG'],
    yaml: 'sampler.arg',
    type: ratio,
    default: 1,
    sdk: true,
    group: 'sampling',
    doc: 'The part of all traces that the samplers with `traceidratio` in their name record.',
  },
  propagators: {
    env: ['OTEL_PROPAGATORS'],
    yaml: 'propagators',
    type: listOf(['tracecontext', 'baggage', 'b3', 'b3multi', 'jaeger', 'xray']),
    default: ['tracecontext', 'baggage'],
    group: 'sampling',
    doc: 'The headers in which a trace comes in and goes on.',
  },

  attributeValueLengthLimit: {
    env: ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
    yaml: 'attribute_limits.value_length',
    type: length,
    default: Infinity,
    sdk: true,
    group: 'limits',
    doc: 'The most characters of an attribute; what is over it is cut off.',
  },
  attributeCountLimit: {
    env: ['OTEL_ATTRIBUTE_COUNT_LIMIT'],
    yaml: 'attribute_limits.count',
    type: count,
    default: 128,
    sdk: true,
    group: 'limits',
    doc: 'The most attributes.',
  },
  spanAttributeValueLengthLimit: {
    env: ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
    yaml: 'span_limits.attribute_value_length',
    type: length,
    default: Infinity,
    inherits: 'attributeValueLengthLimit',
    sdk: true,
    group: 'limits',
    doc: 'The same for spans only.',
  },
  spanAttributeCountLimit: {
    env: ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT'],
    yaml: 'span_limits.attribute_count',
    type: count,
    default: 128,
    inherits: 'attributeCountLimit',
    sdk: true,
    group: 'limits',
    doc: 'The most attributes of a span.',
  },
  spanEventCountLimit: {
    env: ['OTEL_SPAN_EVENT_COUNT_LIMIT'],
    yaml: 'span_limits.event_count',
    type: count,
    default: 128,
    sdk: true,
    group: 'limits',
    doc: 'The most events of a span.',
  },
  spanLinkCountLimit: {
    env: ['OTEL_SPAN_LINK_COUNT_LIMIT'],
    yaml: 'span_limits.link_count',
    type: count,
    default: 128,
    sdk: true,
    group: 'limits',
    doc: 'The most links of a span.',
  },
  eventAttributeCountLimit: {
    env: ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', 'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT'],
    yaml: 'span_limits.event_attribute_count',
    type: count,
    default: 128,
    sdk: true,
    group: 'limits',
    doc: 'The most attributes of an event.',
  },
  linkAttributeCountLimit: {
    env: ['OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', 'OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT'],
    yaml: 'span_limits.link_attribute_count',
    type: count,
    default: 128,
    sdk: true,
    group: 'limits',
    doc: 'The most attributes of a link.',
  },

  enabledInstrumentations: {
    env: ['OTEL_NODE_ENABLED_INSTRUMENTATIONS'],
    yaml: 'instrumentations.enabled',
    type: listOf(instrumentationNames),
    default: undefined,
    group: 'instrumentation',
    doc: 'Short names, such as `http,express`: these and no others; unset, all that are not off by default.',
  },
  disabledInstrumentations: {
    env: ['OTEL_NODE_DISABLED_INSTRUMENTATIONS'],
    yaml: 'instrumentations.disabled',
    type: listOf(instrumentationNames),
    default: undefined,
    group: 'instrumentation',
    doc: 'Short names of instrumentations that are off, even when they are enabled too.',
  },

  ...httpOptions,
  ...grpcOptions,
  expressInstrumentation: {
    env: ['TRACING_EXPRESS_INSTRUMENTATION'],
    yaml: 'instrumentations.express',
    type: oneOf('native', 'official'),
    default: 'native',
    group: 'instrumentation',
    doc: "Who makes the spans of Express: we, or OpenTelemetry's own instrumentation, which takes several times as long.",
  },

  sdkDisabled: {
    env: ['OTEL_SDK_DISABLED'],
    yaml: 'tracing_disabled',
    type: boolean,
    default: false,
    sdk: true,
    group: 'preload',
    doc: 'Nothing is traced and nothing is loaded.',
  },
  configFile: {
    env: ['TRACING_CONFIG'],
    type: text,
    default: undefined,
    group: 'preload',
    doc: 'The YAML file; unset, the first there is of `tracing.yaml`, `tracing.yml` and `config/tracing.yaml`.',
  },
  strict: {
    env: ['TRACING_STRICT'],
    yaml: 'tracing_strict',
    type: flag,
    default: false,
    group: 'preload',
    doc: 'Any problem with the configuration ends the process with code 78 before the app runs.',
  },
  logLevel: {
    env: ['OTEL_LOG_LEVEL'],
    yaml: 'tracing_log_level',
    type: oneOf('none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'),
    default: 'warn',
    sdk: 'hidden',
    group: 'preload',
    doc: 'How much the preload says on stderr.',
  },
  flushTimeoutMs: {
    env: ['TRACING_FLUSH_TIMEOUT'],
    yaml: 'tracing_flush_timeout_ms',
    type: milliseconds,
    default: 1000,
    group: 'preload',
    doc: 'The most that the preload may delay the end of the process.',
  },
  stats: {
    env: ['TRACING_STATS'],
    yaml: 'tracing_stats',
    type: flag,
    default: false,
    group: 'preload',
    doc: 'SIGUSR2 writes on stderr what became of the spans so far, and the process goes on.',
  },
  logCorrelation: {
    env: ['TRACING_LOG_CORRELATION'],
    yaml: 'tracing_log_correlation',
    type: flag,
    default: false,
    group: 'preload',
    doc: "Lets the pino, winston and bunyan instrumentations add trace ids to the app's log records.",
  },

  ...otlpOptions,
  ...sdkOptions,

  httpProxy: {
    env: ['http_proxy', 'HTTP_PROXY'],
    type: text,
    default: undefined,
    group: 'platform',
    doc: 'Proxy to targets with `http://`, such as `http://user:password@proxy:3128`.',
  },
  httpsProxy: {
    env: ['https_proxy', 'HTTPS_PROXY'],
    type: text,
    default: undefined,
    group: 'platform',
    doc: 'Proxy to targets with `https://`.',
  },
  noProxy: {
    env: ['no_proxy', 'NO_PROXY'],
    type: text,
    default: undefined,
    group: 'platform',
    doc: 'Hosts that are reached without a proxy: names with their subdomains, `.name` for these only, addresses, CIDR blocks, each with a port or without, or `*`.',
  },
  podIp: {
    env: ['POD_IP'],
    type: hostName,
    default: undefined,
    group: 'platform',
    doc: 'Own address in a Kubernetes pod, where `TRACING_ADDRESS` is not set.',
  },
  traceparent: {
    env: ['TRACEPARENT'],
    type: traceparent,
    default: undefined,
    group: 'platform',
    doc: 'The span that has started this program, as `00-<trace id>-<span id>-<flags>`: the parent of all spans but those of requests that come in. Read where `OTEL_PROPAGATORS` names `tracecontext`.',
  },
  tracestate: {
    env: ['TRACESTATE'],
    type: text,
    default: undefined,
    group: 'platform',
    doc: 'What vendors say of the trace in `TRACEPARENT`.',
  },
  baggage: {
    env: ['BAGGAGE'],
    type: text,
    default: undefined,
    group: 'platform',
    doc: 'What goes on with the trace in `TRACEPARENT`, `key=value,key2=value2`. Read where `OTEL_PROPAGATORS` names `baggage`.',
  },
  lambdaHandler: {
    env: ['_HANDLER'],
    type: text,
    default: undefined,
    group: 'platform',
    doc: "The function's handler, `file.export`.",
  },
} as const satisfies Readonly<Record<string, Option>>;

export type SettingName = keyof typeof options;

/** What the table parsed; each property is described by its row. */
export type Settings = { readonly [Name in SettingName]: ValueOf<(typeof options)[Name]> };

/** The rows in the order of the table. */
export const optionRows = Object.entries(options) as readonly (readonly [SettingName, Option])[];
