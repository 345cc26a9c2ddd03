/**
 * What a span costs on the app's main thread when it ends.
 *
 *   node bench/encode.ts [--rounds 100] [--against <checkout>]
 *
 * Each encoder has a thread of its own, as it has most processes to itself; the rounds of all take turns, and the fastest
 * of each counts. `--against` puts the encoders of another checkout beside ours.
 */
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { encoding } from '../src/sdk/exporters.ts';
import type { Encoder } from '../src/wire/encoder.ts';
import type { Report } from './support/bench.ts';
import { type Model, recordHttp, spanMaker } from './support/http-spans.ts';
import { describeMachine } from './support/machine.ts';
import { toText, writeResults } from './support/results.ts';

const BATCH = 512;
/** So few are made and then encoded at a time: what has just ended is in the processor's cache. */
const AT_A_TIME = 32;
/** The first ones after other threads have run find the caches cold. */
const BATCHES_A_ROUND = 5;
const WARM_UP_ROUNDS = 50;
const ROUNDS = '100';

const here = fileURLToPath(new URL('..', import.meta.url));

interface Encode {
  append(span: ReadableSpan): void;
  take(): Uint8Array;
}

interface Subject {
  readonly name: string;
  readonly checkout: string;
}

/** Nanoseconds a span. */
interface Round {
  readonly hello: number;
  readonly various: number;
}

const encoders: Readonly<Record<string, readonly [file: string, create: string]>> = {
  'Jaeger binary': ['jaeger-encoder.ts', 'createJaegerEncoder'],
  'Jaeger compact': ['jaeger-agent-encoder.ts', 'createJaegerAgentEncoder'],
  'OTLP protobuf': ['otlp-protobuf-encoder.ts', 'createOtlpProtobufEncoder'],
  'OTLP JSON': ['otlp-json-encoder.ts', 'createOtlpJsonEncoder'],
};

/** As the preload creates them; `protocol` is the agent's. */
const options = { protocol: 'compact', ...encoding };

const peers: Readonly<Record<string, () => Promise<(spans: ReadableSpan[]) => Uint8Array | undefined>>> = {
  'exporter-jaeger': async () => (await import('../test/wire/exporter-jaeger.ts')).encodeReference,
  'official protobuf': async () => {
    const { ProtobufTraceSerializer } = await import('@opentelemetry/otlp-transformer');
    return (spans) => ProtobufTraceSerializer.serializeRequest(spans);
  },
  'official JSON': async () => {
    const { JsonTraceSerializer } = await import('@opentelemetry/otlp-transformer');
    return (spans) => JsonTraceSerializer.serializeRequest(spans);
  },
};

async function load({ name, checkout }: Subject): Promise<Encode> {
  const own = encoders[name];
  if (own !== undefined) {
    const [file, create] = own;
    const module = (await import(`${checkout}/src/wire/${file}`)) as Record<string, (from: typeof options) => Encoder>;
    const encoder = module[create]?.(options);
    if (encoder === undefined) throw new Error(`${file} of ${checkout} has no ${create}`);
    return {
      append: (span) => void encoder.append(span, Infinity),
      take: () => encoder.take()?.body ?? new Uint8Array(),
    };
  }
  const serialise = await peers[name]?.();
  if (serialise === undefined) throw new Error(`no encoder ${name}`);
  let spans: ReadableSpan[] = [];
  return {
    append: (span) => void spans.push(span),
    take: () => serialise(spans.splice(0)) ?? new Uint8Array(),
  };
}

/** Encodes one batch. @returns what came out, and the nanoseconds a span */
function batch(encode: Encode, models: readonly Model[], make: ReturnType<typeof spanMaker>): [Uint8Array, number] {
  let ms = 0;
  for (let done = 0; done < BATCH; done += AT_A_TIME) {
    const spans = make(models);
    const startMs = performance.now();
    for (const span of spans) encode.append(span);
    ms += performance.now() - startMs;
  }
  const startMs = performance.now();
  const body = encode.take();
  ms += performance.now() - startMs;
  return [body, (ms * 1e6) / BATCH];
}

/** A thread: answers with a body, and then each message with a round. */
async function serve(subject: Subject): Promise<void> {
  const encode = await load(subject);
  const { hello, various } = await recordHttp(AT_A_TIME);
  const make = spanMaker(subject.name in encoders ? 'own' : 'SDK');
  const fastest = (models: readonly Model[]): number =>
    Math.min(...Array.from({ length: BATCHES_A_ROUND }, () => batch(encode, models, make)[1]));
  const round = (): Round => ({ hello: fastest(hello), various: fastest(various) });
  for (let done = 0; done < WARM_UP_ROUNDS; done++) round();
  const [body] = batch(encode, hello, make);
  parentPort?.on('message', () => parentPort?.postMessage(round()));
  parentPort?.postMessage(body);
}

interface Result extends Subject {
  /** Of a batch of hello. */
  readonly body: Uint8Array;
  readonly rounds: readonly Round[];
}

async function measure(subjects: readonly Subject[], rounds: number): Promise<Result[]> {
  const threads: { readonly worker: Worker; readonly result: Result & { rounds: Round[] } }[] = [];
  for (const subject of subjects) {
    const worker = new Worker(new URL(import.meta.url), { workerData: subject });
    const [body] = (await once(worker, 'message')) as [Uint8Array];
    threads.push({ worker, result: { ...subject, body, rounds: [] } });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { worker, result } of threads) {
      worker.postMessage(undefined);
      result.rounds.push(((await once(worker, 'message')) as [Round])[0]);
    }
  }
  await Promise.all(threads.map(({ worker }) => worker.terminate()));
  return threads.map(({ result }) => result);
}

function toReport(results: readonly Result[]): Report {
  const rows = results.map(({ name, checkout, body, rounds }) => ({
    encoder: checkout === here ? name : `${name} of ${checkout}`,
    hello: Math.min(...rounds.map((round) => round.hello)),
    various: Math.min(...rounds.map((round) => round.various)),
    bytes: body.length / BATCH,
  }));
  return {
    title: 'Encoding',
    about: `Nanoseconds from the end of a span to its bytes, a ${BATCH}th of the batch's end included; the fastest of ${results[0]?.rounds.length} rounds. Our encoders are given our spans, the others those of the SDK, and a batch at once. "hello" is a server span of \`GET /\`, of which only ids and times differ; "various" are server and client spans in turn, each with a path, connection, user agent and status of its own.`,
    headings: ['encoder', 'hello, ns', 'various, ns', 'hello, bytes'],
    rows: rows.map(({ encoder, ...figures }) => [
      encoder,
      ...Object.values(figures).map((figure) => figure.toFixed(0)),
    ]),
    notes: [],
    plots: [],
    data: rows,
    failures: [],
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: ROUNDS }, against: { type: 'string' } },
  });
  const names = Object.keys(encoders);
  const ours = names.map((name) => ({ name, checkout: here }));
  const others = Object.keys(peers).map((name) => ({ name, checkout: here }));
  const { against } = values;
  const theirs = against === undefined ? [] : names.map((name) => ({ name, checkout: resolve(against) }));
  const results = await measure([...ours, ...others, ...theirs], Number(values.rounds));
  const report = toReport(results);
  process.stdout.write(`${toText(report, '##')}\n`);
  if (against !== undefined || values.rounds !== ROUNDS) return;
  writeResults(fileURLToPath(new URL('results', import.meta.url)), 'encode', report, describeMachine(here));
}

await (isMainThread ? main() : serve(workerData as Subject));
