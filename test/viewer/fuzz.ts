import { readFileSync } from 'node:fs';
import type { Encoder } from '../../src/wire/encoder.ts';
import { createJaegerAgentEncoder } from '../../src/wire/jaeger-agent-encoder.ts';
import { createOtlpProtobufEncoder } from '../../src/wire/otlp-protobuf-encoder.ts';
import { DecodeError } from '../../src/viewer/decode/byte-reader.ts';
import { decodeText } from '../../src/viewer/decode/decode-text.ts';
import { decodeAgentPacket, decodeJaegerBatch } from '../../src/viewer/decode/jaeger-thrift.ts';
import { decodeOtlpProtobuf } from '../../src/viewer/decode/otlp-protobuf.ts';
import { decodeOtlpJson } from '../../src/viewer/decode/otlp-spans.ts';
import { traceJson } from '../../src/viewer/query/trace-json.ts';
import { listMatches, parseListQuery, toRow } from '../../src/viewer/query/list-query.ts';
import { toShape } from '../../src/viewer/query/shape.ts';
import { StatisticsCounter } from '../../src/viewer/query/statistics.ts';
import type { Decoded } from '../../src/viewer/span.ts';
import { MemoryTable } from '../../src/viewer/store/memory-table.ts';
import { TraceStore } from '../../src/viewer/store/trace-store.ts';
import { mutate, seeded } from '../spool/mutate.ts';
import { aSpan } from '../wire/spans.ts';
import { generateTraces } from './generated-traces.ts';

interface Sample {
  readonly name: string;
  readonly body: Uint8Array;
  readonly decode: (body: Uint8Array) => Decoded;
  readonly isJson: boolean;
}

export interface FuzzResult {
  readonly mutations: number;
  /** Bodies that were something, and the spans of them that were taken. */
  readonly decoded: number;
  readonly spans: number;
  /** Bodies that were said to be nothing. */
  readonly refused: number;
  /** What else happened: must be none. */
  readonly crashes: readonly string[];
  /** Spans that were taken and could not be shown: must be none. */
  readonly unshowable: readonly string[];
  readonly storedBytes: number;
}

export const STORE_BYTES = 8e6;

/** Sends damaged bodies of every format through decoding, storing and showing. */
export function fuzz(mutations: number, seed: number): FuzzResult {
  const random = seeded(seed);
  const samples = createSamples(seed);
  const store = new TraceStore(new MemoryTable(), { maxBytes: STORE_BYTES });
  const crashes: string[] = [];
  const unshowable: string[] = [];
  let [decoded, spans, refused] = [0, 0, 0];
  for (let n = 0; n < mutations; n++) {
    const sample = samples[random(samples.length)];
    if (!sample) continue;
    const body = sample.isJson && random(2) === 0 ? mutateJson(sample.body, random) : mutate(sample.body, random);
    try {
      const result = sample.decode(body);
      store.add(result.spans);
      decoded++;
      spans += result.spans.length;
    } catch (error) {
      if (error instanceof DecodeError) refused++;
      else crashes.push(`${sample.name} ${Buffer.from(body).toString('base64').slice(0, 300)}: ${String(error)}`);
    }
    if (n % 500 === 499) unshowable.push(...showAll(store));
  }
  unshowable.push(...showAll(store));
  return { mutations, decoded, spans, refused, crashes, unshowable, storedBytes: store.counts.bytes };
}

function createSamples(seed: number): Sample[] {
  const bodies = generateTraces(60, seed, 1_795_367_141_000_000).flatMap((trace) => trace.bodies);
  const [packets, requests] = [createJaegerAgentEncoder({ protocol: 'compact' }), createOtlpProtobufEncoder()].map(
    (encoder) => Array.from({ length: 40 }, (_, n) => encodeSome(encoder, n)),
  ) as [Uint8Array[], Uint8Array[]];
  const saved = readFileSync(new URL('../fixtures/oracle/jaeger-answer.json', import.meta.url));
  return [
    ...bodies.map(({ wire, body }): Sample => ({
      name: wire,
      body,
      decode: wire === 'thrift' ? decodeJaegerBatch : decodeOtlpJson,
      isJson: wire === 'otlp',
    })),
    ...packets.map((body): Sample => ({ name: 'compact', body, decode: decodeAgentPacket, isJson: false })),
    ...requests.map((body): Sample => ({ name: 'protobuf', body, decode: decodeOtlpProtobuf, isJson: false })),
    { name: 'file', body: saved, decode: (body) => decodeText(Buffer.from(body).toString()), isJson: true },
  ];
}

const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  '',
  'x',
  '9'.repeat(30),
  '\ud800',
  [],
  {},
  [[]],
  [null],
  { __proto__: 1, constructor: [] },
  '2'.repeat(32),
];

/** Puts something of another kind in one place of a JSON text that stays one. */
function mutateJson(body: Uint8Array, random: (below: number) => number): Uint8Array {
  const root = JSON.parse(Buffer.from(body).toString()) as unknown;
  let at = root as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(at);
    const key = keys[random(keys.length)] ?? 'new';
    const below = at[key];
    if (typeof below === 'object' && below !== null && random(5) > 0) {
      at = below as Record<string, unknown>;
      continue;
    }
    at[key] = ODD[random(ODD.length)];
    return Buffer.from(JSON.stringify(root));
  }
}

function encodeSome(encoder: Encoder, n: number): Uint8Array {
  const attributes = { text: 'x'.repeat(n), list: ['a', 'b'], int: n, double: 0.5, none: '' };
  for (let i = 0; i <= n % 5; i++) encoder.append(aSpan({ name: `span ${n} ${i}`, attributes }), 60_000);
  return encoder.take()?.body ?? new Uint8Array();
}

/** @returns what went wrong on the way to the page */
function showAll(store: TraceStore): string[] {
  const query = parseListQuery(new URLSearchParams({ q: 'x a=b' }));
  const counter = new StatisticsCounter();
  const wrong: string[] = [];
  for (const trace of store.newest()) {
    try {
      JSON.parse([...traceJson(trace)].join(''));
      JSON.stringify([toRow(trace), toShape(trace)]);
      listMatches(trace, query);
      counter.add(trace);
    } catch (error) {
      wrong.push(`${trace.summary.id}: ${String(error)}`);
    }
  }
  counter.result();
  return wrong;
}
