import { resolve } from 'node:path';
import type { ExporterChoice, NetworkChoice } from '../config/choose-exporters.ts';
import type { Settings } from '../config/options.ts';
import type { Log } from '../core/log.ts';
import { createExporter, type ExporterOptions } from '../export/create-exporter.ts';
import type { Exporter } from '../export/exporter.ts';
import { readTlsFiles } from '../export/tls-files.ts';
import type { TlsConfig, TransportConfig } from '../export/transport.ts';
import { RecordingSpan } from '../trace/recording-span.ts';
import type { Encoder, EncoderOptions } from '../wire/encoder.ts';
import { createJaegerEncoder } from '../wire/jaeger-encoder.ts';
import { createOtlpProtobufEncoder } from '../wire/otlp-protobuf-encoder.ts';

/** The largest datagram that a Jaeger agent reads. */
const MAX_PACKET_BYTES = 65_000;

/** How encoders get at what a span of ours keeps, without its making what its interface promises. */
export const encoding: EncoderOptions = {
  attributeList: (span) => RecordingSpan.attributeList(span),
  times: (span, times) => RecordingSpan.times(span, times),
};

export type LoadPart = (part: string) => unknown;

export type Batching = Pick<
  ExporterOptions,
  | 'scheduleDelayMs'
  | 'maxExportBatchSize'
  | 'maxPayloadBytes'
  | 'maxQueueBytes'
  | 'maxQueueSize'
  | 'flushTimeoutMs'
  | 'exportTimeoutMs'
  | 'ready'
  | 'ledger'
> &
  Pick<Settings, 'spoolDirectory' | 'spoolMaxBytes' | 'spoolMaxAgeMs' | 'spoolReplayBytes'>;

/**
 * Makes an exporter that the configuration chose; a rare one's encoder is loaded for it.
 *
 * @param make puts it together, where that is not the usual way
 */
export function createChosen(
  choice: ExporterChoice,
  batching: Batching & { readonly log: Log },
  load: LoadPart,
  make: (options: ExporterOptions) => Exporter = createExporter,
): Exporter {
  const options = { ...batching, ...choice.batching };
  switch (choice.kind) {
    case 'jaeger-http': {
      return make({
        ...options,
        ...spooling('jaeger', options, load),
        encoder: createJaegerEncoder(encoding),
        exportTimeoutMs: Math.min(choice.timeoutMs, options.exportTimeoutMs),
        transport: toTransport('http', choice),
      });
    }
    case 'jaeger-agent': {
      const { createJaegerAgentEncoder } = load(
        'jaeger-agent-encoder',
      ) as typeof import('../wire/jaeger-agent-encoder.ts');
      return make({
        ...options,
        ...spooling(`jaeger-agent-${choice.protocol}`, options, load),
        encoder: createJaegerAgentEncoder({ ...encoding, protocol: choice.protocol }),
        maxPayloadBytes: Math.min(MAX_PACKET_BYTES, options.maxPayloadBytes),
        transport: { kind: 'udp', host: choice.host, port: choice.port },
      });
    }
    case 'otlp': {
      const hint =
        'no exporter is configured; set TRACING_URL to a Jaeger or OTEL_EXPORTER_OTLP_ENDPOINT to a collector';
      return make({
        ...options,
        // gRPC carries the same bytes
        ...spooling(choice.protocol === 'http/json' ? 'otlp-json' : 'otlp-protobuf', options, load),
        encoder: createOtlpEncoder(choice.protocol, load),
        exportTimeoutMs: Math.min(choice.timeoutMs, options.exportTimeoutMs),
        transport: toTransport(choice.protocol === 'grpc' ? 'grpc' : 'http', choice),
        ...(choice.isDefault ? { firstFailureHint: hint } : {}),
      });
    }
    case 'otlp-file': {
      return make({
        ...options,
        encoder: createOtlpEncoder('http/json', load),
        transport: { kind: 'file', path: choice.path },
      });
    }
    case 'console': {
      const { createConsoleTree } = load('console-tree') as typeof import('../export/console-tree.ts');
      const { stderr } = process;
      return createConsoleTree({ write: (text) => stderr.write(text), colour: stderr.isTTY && stderr.hasColors() });
    }
  }
}

/** After so long nobody is sending a claimed file any more. */
const MIN_CLAIM_MS = 10_000;

function spooling(format: string, options: Batching, load: LoadPart): Pick<ExporterOptions, 'createSpooling'> {
  const { spoolDirectory, spoolMaxBytes, spoolMaxAgeMs, spoolReplayBytes, exportTimeoutMs } = options;
  if (spoolDirectory === undefined) return {};
  const { createSpooling } = load('spooling') as typeof import('../export/spooling.ts');
  return {
    createSpooling: (parts) =>
      createSpooling({
        ...parts,
        directory: resolve(spoolDirectory),
        format,
        maxBytes: spoolMaxBytes,
        maxAgeMs: spoolMaxAgeMs,
        claimMs: Math.max(MIN_CLAIM_MS, 2 * exportTimeoutMs),
        replayBytesPerSecond: spoolReplayBytes,
      }),
  };
}

function createOtlpEncoder(protocol: 'http/protobuf' | 'http/json' | 'grpc', load: LoadPart): Encoder {
  if (protocol === 'http/json') {
    return (load('otlp-json-encoder') as typeof import('../wire/otlp-json-encoder.ts')).createOtlpJsonEncoder(encoding);
  }
  return createOtlpProtobufEncoder(encoding);
}

/** One target, or those of a list one behind the other. */
function toTransport(kind: 'http' | 'grpc', choice: NetworkChoice): TransportConfig {
  const tls = readTls(choice);
  const gzip = choice.compression === 'gzip';
  const targets = choice.endpoints.map((endpoint): TransportConfig => ({ kind, gzip, ...endpoint, ...tls }));
  const [first] = targets;
  return first !== undefined && targets.length === 1 ? first : { kind: 'failover', targets };
}

/** What cannot be read has been said with the rest of the configuration. */
function readTls({ certificate, clientKey, clientCertificate }: NetworkChoice): { tls?: TlsConfig } {
  const named = Object.entries({ ca: certificate, key: clientKey, cert: clientCertificate });
  const set = named.flatMap(([name, file]) => (file === undefined ? [] : [[name, resolve(file)] as const]));
  if (set.length === 0) return {};
  const files = Object.fromEntries(set);
  return { tls: { ...readTlsFiles(files), files } };
}
