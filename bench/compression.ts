/**
 * What compression costs and saves, a span of a full batch.
 *
 *   node bench/compression.ts [--rounds 50]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as zlib from 'node:zlib';
import { createHttpTransport } from '../src/export/http-transport.ts';
import type { Encoder, Payload } from '../src/wire/encoder.ts';
import { createJaegerEncoder } from '../src/wire/jaeger-encoder.ts';
import { createOtlpJsonEncoder } from '../src/wire/otlp-json-encoder.ts';
import { createOtlpProtobufEncoder } from '../src/wire/otlp-protobuf-encoder.ts';
import type { Report } from './support/bench.ts';
import { type Model, recordHttp, spanMaker } from './support/http-spans.ts';
import { describeMachine } from './support/machine.ts';
import { toText, writeResults } from './support/results.ts';
import { startSink } from './support/trial.ts';

const BATCH = 512;
const SENDS_A_ROUND = 10;
const ROUNDS = '50';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: ROUNDS } } });
const rounds = Number(values.rounds);

interface Format {
  readonly encoder: Encoder;
  readonly path: string;
}

const formats: Readonly<Record<string, Format>> = {
  'Jaeger binary': { encoder: createJaegerEncoder(), path: '/api/traces' },
  'OTLP protobuf': { encoder: createOtlpProtobufEncoder(), path: '/v1/traces' },
  'OTLP JSON': { encoder: createOtlpJsonEncoder(), path: '/v1/traces' },
};

const levels: Readonly<Record<string, (body: Uint8Array) => Uint8Array>> = {
  none: (body) => body,
  'gzip 1': (body) => zlib.gzipSync(body, { level: 1 }),
  'gzip 6': (body) => zlib.gzipSync(body, { level: 6 }),
  ...('zstdCompressSync' in zlib && { 'zstd 1': (body) => zstd(body, 1), 'zstd 3': (body) => zstd(body, 3) }),
};

function zstd(body: Uint8Array, level: number): Uint8Array {
  return zlib.zstdCompressSync(body, { params: { [zlib.constants.ZSTD_c_compressionLevel]: level } });
}

function toPayload(encoder: Encoder, models: readonly Model[]): Payload {
  const make = spanMaker('own');
  while (encoder.spans < BATCH) for (const span of make(models)) encoder.append(span, Infinity);
  const payload = encoder.take();
  if (payload === undefined) throw new Error('nothing was encoded');
  return payload;
}

/** The least of the rounds, in microseconds a span. */
function compressUs(compress: () => void): number {
  let leastMs = Infinity;
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    compress();
    leastMs = Math.min(leastMs, performance.now() - startMs);
  }
  return (leastMs * 1000) / BATCH;
}

/** Processor time of all threads, the least of the rounds, in microseconds a span. */
async function sendUs(payload: Payload, url: string, gzip: boolean): Promise<number> {
  const transport = createHttpTransport({ url, headers: {}, gzip });
  let leastUs = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let sent = 0; sent < SENDS_A_ROUND; sent++) {
      const outcome = await transport.send(payload, performance.now() + 10_000);
      if (outcome.status !== 'delivered') throw new Error(`not delivered: ${JSON.stringify(outcome)}`);
    }
    const { user, system } = process.cpuUsage(before);
    leastUs = Math.min(leastUs, user + system);
  }
  transport.close();
  return leastUs / SENDS_A_ROUND / BATCH;
}

const sink = await startSink();
const { hello } = await recordHttp(32);
const data: { format: string; level: string; compressUs: number; sendUs: number | undefined; bytes: number }[] = [];
for (const [format, { encoder, path }] of Object.entries(formats)) {
  const payload = toPayload(encoder, hello);
  const url = `http://127.0.0.1:${sink.port}${path}`;
  for (const [level, compress] of Object.entries(levels)) {
    const isOurs = level === 'none' || level === 'gzip 1';
    data.push({
      format,
      level,
      compressUs: compressUs(() => compress(payload.body)),
      sendUs: isOurs ? await sendUs(payload, url, level !== 'none') : undefined,
      bytes: compress(payload.body).length / BATCH,
    });
  }
}
sink.close();

const report: Report = {
  title: 'Compression',
  about: `A span's part of a batch of ${BATCH} server spans of \`GET /\`: microseconds to compress it here; processor time of all threads, the kernel's part included, to compress it as the preload does and to send it over loopback; bytes.`,
  headings: ['body', 'compression', 'compressed, µs', 'compressed and sent, µs', 'bytes'],
  rows: data.map(({ format, level, compressUs, sendUs, bytes }) => [
    format,
    level,
    compressUs.toFixed(2),
    sendUs?.toFixed(2) ?? '–',
    bytes.toFixed(0),
  ]),
  notes: [],
  plots: [],
  data,
  failures: [],
};
process.stdout.write(`${toText(report, '##')}\n`);
if (values.rounds === ROUNDS) {
  const results = fileURLToPath(new URL('results', import.meta.url));
  writeResults(results, 'compression', report, describeMachine(fileURLToPath(new URL('..', import.meta.url))));
}
process.exit();
