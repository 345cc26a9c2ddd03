import { seeded } from '../spool/mutate.ts';
import { thriftBatch, type ThriftSpan, type ThriftTags } from './thrift-batch.ts';

/** A body as a sender would send it, and where to. */
export interface SentBody {
  readonly wire: 'thrift' | 'otlp';
  readonly body: Uint8Array;
  readonly contentType: string;
}

export interface GeneratedTrace {
  readonly traceId: string;
  readonly bodies: readonly SentBody[];
}

type Random = () => number;

const services = ['gateway', 'user-srv', 'profile srv/ü', 'orders'];
const operations = ['GET /users/:id', 'find user', 'grpc.user.UserSrv/Get', 'SELECT', 'töst "quoted" \\ operation'];
const kinds = ['server', 'client', 'internal', 'producer', 'consumer', 'nonsense', ''];

interface Plan {
  readonly spanId: string;
  readonly parentId: string;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly startUs: number;
  readonly durationUs: number;
}

/** Traces of all sorts, each wholly by Thrift or by OTLP: two senders of one trace would have two ways to say one thing. */
export function generateTraces(count: number, seed: number, startUs: number): GeneratedTrace[] {
  const below = seeded(seed);
  const random: Random = () => below(2 ** 31) / 2 ** 31;
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  return Array.from({ length: count }, (_, index) => {
    const traceId = index % 10 === 0 ? hex(16) : hex(32);
    const plans: Plan[] = [];
    const size = 1 + Math.floor(random() * 9);
    for (let i = 0; i < size; i++) {
      const parent = i === 0 ? undefined : pick(plans);
      const missing = i > 0 && random() < 0.05;
      plans.push({
        spanId: hex(16),
        parentId: missing ? hex(16) : (parent?.spanId ?? ''),
        service: pick(services),
        name: pick(operations),
        kind: pick(kinds),
        startUs: startUs + index * 10_000 + Math.floor(random() * 5000),
        durationUs: 1 + Math.floor(random() ** 3 * 2_000_000),
      });
    }
    const byService = new Map(services.map((service) => [service, plans.filter((plan) => plan.service === service)]));
    const write = index % 2 === 0 ? writeThrift : writeOtlp;
    return {
      traceId,
      bodies: [...byService]
        .filter(([, spans]) => spans.length > 0)
        .map(([service, spans]) => write(traceId, service, spans, random, hex)),
    };
  });
}

type Write = (traceId: string, service: string, plans: Plan[], random: Random, hex: (n: number) => string) => SentBody;

const writeThrift: Write = (traceId, service, plans, random, hex) => {
  const maybe = (share: number, ...tags: ThriftTags): ThriftTags => (random() < share ? tags : []);
  const spans = plans.map((plan): ThriftSpan => {
    const byReference = random() < 0.3 && plan.parentId !== '';
    const reference = { type: 'CHILD_OF', traceId, spanId: plan.parentId } as const;
    const link = { type: random() < 0.5 ? 'FOLLOWS_FROM' : 'CHILD_OF', traceId: hex(32), spanId: hex(16) } as const;
    return {
      ...plan,
      traceId,
      parentId: byReference ? '0'.repeat(16) : plan.parentId || '0'.repeat(16),
      references: [...(byReference ? [reference] : []), ...(random() < 0.2 ? [link] : [])],
      tags: [
        ...(plan.kind ? ([['span.kind', plan.kind]] as const) : []),
        ['http.route', `/users/${Math.floor(random() * 3)}`],
        ['user.id', BigInt(Math.floor(random() * 1000))],
        ...maybe(0.3, ['ratio', random()], ['cached', random() < 0.5]),
        ...maybe(0.2, ['twice', 'first'], ['twice', 2n]),
        ...maybe(0.2, ['huge', 2n ** 62n], ['negative', -(2n ** 63n)], ['exact', 2n ** 53n - 1n]),
        ...maybe(0.2, ['bytes', Uint8Array.of(0, 1, 254, 255)], ['empty', '']),
        ...maybe(0.2, ['error', true]),
        ...maybe(0.1, ['error', false]),
        ...maybe(0.1, ['error', 'true']),
        ...maybe(0.2, ['otel.status_code', random() < 0.5 ? 'ERROR' : 'ok'], ['otel.status_description', 'a reason']),
        ...maybe(
          0.2,
          ['http.status_code', BigInt(Math.floor(random() * 500) + 100)],
          ['http.status_message', 'said so'],
        ),
        ...maybe(0.1, ['http.status_code', '503']),
        ...maybe(0.2, ['peer.ipv4', 2_130_706_433n], ['w3c.tracestate', 'a=b']),
        ...maybe(0.2, ['telemetry.sdk.name', 'opentelemetry'], ['otel.library.name', 'a library']),
      ],
      logs:
        random() < 0.3
          ? [
              {
                timestampUs: plan.startUs + 1,
                fields: [
                  ['zz', 1n],
                  ['event', 'first'],
                  ['aa', 'x'],
                ],
              },
              { timestampUs: plan.startUs + 2, fields: [['message', 'no event here']] },
              { timestampUs: plan.startUs + 3, fields: [] },
            ]
          : [],
    };
  });
  const process: ThriftTags = [
    ['namespace', 'dev'],
    ['pid', 42n],
    ...(service === 'orders'
      ? ([
          ['hostname', 'box'],
          ['jaeger.version', 'Node-3.19.0'],
          ['ip', '10.0.0.1'],
        ] as const)
      : []),
  ];
  return { wire: 'thrift', body: thriftBatch(service, process, spans), contentType: 'application/x-thrift' };
};

const otlpKinds = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

const writeOtlp: Write = (traceId, service, plans, random, hex) => {
  const maybe = (share: number, ...attributes: unknown[]): unknown[] => (random() < share ? attributes : []);
  const text = (key: string, stringValue: string): unknown => ({ key, value: { stringValue } });
  const nanos = (us: number): string => String(BigInt(us) * 1000n + BigInt(Math.floor(random() * 999)));
  const list = { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '2' }, { boolValue: true }, {}] } };
  const map = {
    kvlistValue: {
      values: [
        { key: 'z', value: { doubleValue: 0.5 } },
        { key: 'a', value: list },
      ],
    },
  };
  const spans = plans.map((plan) => ({
    traceId: traceId.padStart(32, '0'),
    spanId: plan.spanId,
    parentSpanId: plan.parentId,
    name: plan.name,
    kind: Math.max(0, otlpKinds.indexOf(plan.kind)),
    startTimeUnixNano: nanos(plan.startUs),
    endTimeUnixNano: nanos(plan.startUs + plan.durationUs + 1),
    ...(random() < 0.2 ? { traceState: 'a=1,b=2' } : {}),
    attributes: [
      text('http.route', `/users/${Math.floor(random() * 3)}`),
      { key: 'user.id', value: { intValue: String(Math.floor(random() * 1000)) } },
      ...maybe(0.3, { key: 'ratio', value: { doubleValue: random() } }, { key: 'cached', value: { boolValue: false } }),
      ...maybe(0.3, { key: 'roles', value: list }, { key: 'nested', value: map }),
      ...maybe(
        0.2,
        { key: 'bytes', value: { bytesValue: 'AAH+/w==' } },
        { key: 'nothing', value: {} },
        text('empty', ''),
      ),
      ...maybe(0.2, { key: 'huge', value: { intValue: '4611686018427387904' } }),
      ...maybe(0.2, text('telemetry.sdk.name', 'opentelemetry'), text('thai', 'ภาษา 😀 \u202e')),
    ],
    status: random() < 0.3 ? { code: 2, message: 'broken' } : random() < 0.2 ? { code: 1 } : {},
    events:
      random() < 0.3
        ? [
            {
              timeUnixNano: nanos(plan.startUs + 1),
              name: 'exception',
              attributes: [text('zz', '1'), text('aa', '2')],
            },
            { timeUnixNano: nanos(plan.startUs + 2), name: 'named', attributes: [text('event', 'other name')] },
          ]
        : [],
    links:
      random() < 0.3
        ? [
            { traceId: hex(32), spanId: hex(16), attributes: [text('opentracing.ref_type', 'child_of')] },
            { traceId: hex(32), spanId: hex(16) },
            ...(plan.parentId ? [{ traceId: traceId.padStart(32, '0'), spanId: plan.parentId }] : []),
          ]
        : [],
  }));
  const resource = {
    attributes: [text('service.name', service), text('namespace', 'dev'), { key: 'pid', value: { intValue: 7 } }],
  };
  const scope = random() < 0.5 ? { name: 'a scope', version: '1.2.3' } : random() < 0.5 ? { name: 'unversioned' } : {};
  const request = { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
  return { wire: 'otlp', body: Buffer.from(JSON.stringify(request)), contentType: 'application/json' };
};
