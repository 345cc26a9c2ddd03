import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attributes, type Context, ROOT_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import type { ComposableTree, SamplerTree, SamplingRule } from '../../src/config/sampler-tree.ts';
import { createSamplerTree } from '../../src/sdk/sampler-tree.ts';
import { TracerProvider } from '../../src/trace/tracer-provider.ts';

const traceId = '0123456789abcdef0123456789abcdef';

function parent(isRemote: boolean, isSampled: boolean): Context {
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: '0123456789abcdef', traceFlags, isRemote });
}

interface Asked {
  readonly context?: Context;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  readonly id?: string;
}

function samples(
  tree: SamplerTree,
  { context = ROOT_CONTEXT, kind = SpanKind.INTERNAL, attributes = {}, id = traceId }: Asked,
): boolean {
  const { decision } = createSamplerTree(tree).shouldSample(context, id, 'name', kind, attributes, []);
  return decision === SamplingDecision.RECORD_AND_SAMPLED;
}

const on = { kind: 'always_on' } as const;
const off = { kind: 'always_off' } as const;

/** Whether a span is sampled by a rule alone. */
function fits(rule: Omit<SamplingRule, 'sampler'>, asked: Asked): boolean {
  return samples({ kind: 'composite', sampler: { kind: 'rule_based', rules: [{ ...rule, sampler: on }] } }, asked);
}

test('parent_based asks the delegate for its kind of parent, and follows the parent where there is none', () => {
  const tree: SamplerTree = { kind: 'parent_based', root: off, remoteParentNotSampled: on, localParentSampled: off };
  const asked = [ROOT_CONTEXT, parent(true, true), parent(true, false), parent(false, true), parent(false, false)];
  assert.deepEqual(
    asked.map((context) => samples(tree, { context })),
    [false, true, true, false, false],
  );
});

test('a rule holds where the attribute, as text, is one of the values, and of a list one item', () => {
  const values = { key: 'a', values: ['x', '404', 'true'] };
  for (const [a, expected] of [
    ['x', true],
    [404, true],
    [true, true],
    ['X', false],
    [['y', 'x'], true],
    [['y'], false],
    [[], false],
    [undefined, false],
  ] as const) {
    assert.equal(fits({ values }, { attributes: { a } }), expected, String(a));
  }
});

test('patterns that are excluded go before those that are included, and all is included where none is', () => {
  const patterns = { key: 'a', included: ['/i/*', '4??'], excluded: ['/i/s/*'] };
  const by = (one: SamplingRule['patterns'], a: string | number) =>
    fits({ patterns: one ?? patterns }, { attributes: { a } });
  assert.deepEqual(
    ['/i/x', '/i/s/x', '/x', 404, 4040].map((a) => by(patterns, a)),
    [true, false, false, true, false],
  );
  assert.deepEqual(
    ['/i/s/x', '/x'].map((a) => by({ key: 'a', excluded: ['/i/s/*'] }, a)),
    [false, true],
  );
});

test('kind and parent are matched by their names, and all conditions of a rule must hold', () => {
  const rule = { kinds: ['client', 'server'], parents: ['none', 'remote'] };
  assert.deepEqual(
    [
      fits(rule, { kind: SpanKind.CLIENT }),
      fits(rule, { kind: SpanKind.INTERNAL }),
      fits(rule, { kind: SpanKind.SERVER, context: parent(true, false) }),
      fits(rule, { kind: SpanKind.SERVER, context: parent(false, true) }),
    ],
    [true, false, true, false],
  );
});

test('the first rule that holds decides, and where none does the span is not sampled', () => {
  const rules = [
    { values: { key: 'a', values: ['1'] }, sampler: off },
    { kinds: ['internal'], sampler: on },
  ];
  const tree: SamplerTree = { kind: 'composite', sampler: { kind: 'rule_based', rules } };
  assert.deepEqual(
    [
      samples(tree, { attributes: { a: 1 } }),
      samples(tree, { attributes: { a: 2 } }),
      samples(tree, { kind: SpanKind.CLIENT }),
    ],
    [false, true, false],
  );
});

test('probability takes its part of all traces, consistently by the last 56 bits of the trace', () => {
  const tree: SamplerTree = { kind: 'composite', sampler: { kind: 'probability', ratio: 0.25 } };
  const id = (random: string) => `0123456789abcdef01${random}`;
  assert.equal(samples(tree, { id: id('c0000000000000') }), true);
  assert.equal(samples(tree, { id: id('bfffffffffffff') }), false);
  assert.equal(
    samples({ kind: 'composite', sampler: { kind: 'probability', ratio: 0 } }, { id: id('ffffffffffffff') }),
    false,
  );
});

test('parent_threshold follows the parent, and its root where there is none', () => {
  const by = (root: ComposableTree, context: Context) =>
    samples({ kind: 'composite', sampler: { kind: 'parent_threshold', root } }, { context });
  assert.deepEqual(
    [by(off, ROOT_CONTEXT), by(on, ROOT_CONTEXT), by(off, parent(true, true)), by(on, parent(false, false))],
    [false, true, true, false],
  );
});

test('our tracer shows it attributes and kind, and hands the threshold on in tracestate', () => {
  const sampler = createSamplerTree({
    kind: 'composite',
    sampler: {
      kind: 'rule_based',
      rules: [
        { values: { key: 'db.operation', values: ['PING'] }, kinds: ['client'], sampler: off },
        { sampler: { kind: 'parent_threshold', root: on } },
      ],
    },
  });
  const tracer = new TracerProvider({ sampler }).getTracer('test');
  const ping = tracer.startSpan('PING', { kind: SpanKind.CLIENT, attributes: { 'db.operation': 'PING' } });
  const get = tracer.startSpan('GET', { kind: SpanKind.CLIENT, attributes: { 'db.operation': 'GET' } });
  assert.deepEqual([ping.isRecording(), get.isRecording()], [false, true]);
  assert.equal(get.spanContext().traceState?.get('ot'), 'th:0');
});

test('what has a quick form is quick by itself', () => {
  const kinds: readonly SamplerTree[] = [on, off, { kind: 'trace_id_ratio', ratio: 0.5 }];
  assert.deepEqual(
    kinds.map((tree) => [String(createSamplerTree(tree)), 'decide' in createSamplerTree(tree)]),
    [
      ['AlwaysOnSampler', true],
      ['AlwaysOffSampler', true],
      ['TraceIdRatioBased{0.5}', true],
    ],
  );
});
