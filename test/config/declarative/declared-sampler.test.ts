import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSampler } from '../../../src/config/declarative/declared-sampler.ts';
import { reading } from './support.ts';

function read(content: string) {
  const { result, lines } = reading(content, readSampler);
  return { said: Object.fromEntries(result.map(([name, { raw }]) => [name, raw])), lines };
}

function tree(content: string): unknown {
  const { samplerTree } = read(content).said;
  return JSON.parse(typeof samplerTree === 'string' ? samplerTree : '');
}

test('what OTEL_TRACES_SAMPLER has a name for is said by that name', () => {
  for (const [content, name, ratio] of [
    ['always_on:', 'always_on'],
    ['always_off:', 'always_off'],
    ['trace_id_ratio_based: {ratio: 0.5}', 'traceidratio', '0.5'],
    ['trace_id_ratio_based:', 'traceidratio', '1'],
    ['parent_based:', 'parentbased_always_on'],
    ['parent_based: {root: {always_off: }}', 'parentbased_always_off'],
    ['parent_based: {root: {trace_id_ratio_based: {ratio: 1e-4}}}', 'parentbased_traceidratio', '0.0001'],
    [
      'parent_based: {root: , remote_parent_sampled: {always_on: }, local_parent_not_sampled: {always_off: }}',
      'parentbased_always_on',
    ],
  ] as const) {
    const { said, lines } = read(content);
    assert.deepEqual(said, { tracesSampler: name, ...(ratio !== undefined && { tracesSamplerArg: ratio }) }, content);
    assert.deepEqual(lines, [], content);
  }
});

test('a parent_based with a delegate of its own is a tree, of what differs', () => {
  assert.deepEqual(
    tree(
      'parent_based: {remote_parent_not_sampled: {trace_id_ratio_based: {ratio: 0.1}}, local_parent_sampled: {always_on: }}',
    ),
    {
      kind: 'parent_based',
      root: { kind: 'always_on' },
      remoteParentNotSampled: { kind: 'trace_id_ratio', ratio: 0.1 },
    },
  );
});

test('probability is the composite one', () => {
  assert.deepEqual(tree('probability/development: {ratio: 0.25}'), {
    kind: 'composite',
    sampler: { kind: 'probability', ratio: 0.25 },
  });
});

test('rules keep their order and all that they match by', () => {
  const content = `composite/development:
  rule_based:
    rules:
      - {attribute_values: {key: a, values: [x, "1"]}, sampler: {always_off: }}
      - {attribute_patterns: {key: b, included: ["/i/*"], excluded: ["/i/s"]}, span_kinds: [client, server], parent: [none, remote], sampler: {probability: }}
      - {sampler: {parent_threshold: {root: {rule_based: }}}}
`;
  assert.deepEqual(read(content).lines, []);
  assert.deepEqual(tree(content), {
    kind: 'composite',
    sampler: {
      kind: 'rule_based',
      rules: [
        { values: { key: 'a', values: ['x', '1'] }, sampler: { kind: 'always_off' } },
        {
          patterns: { key: 'b', included: ['/i/*'], excluded: ['/i/s'] },
          kinds: ['client', 'server'],
          parents: ['none', 'remote'],
          sampler: { kind: 'probability', ratio: 1 },
        },
        { sampler: { kind: 'parent_threshold', root: { kind: 'rule_based', rules: [] } } },
      ],
    },
  });
});

test('jaeger_remote goes on with its initial sampler, in a line', () => {
  const { said, lines } = read(
    'jaeger_remote/development:\n  endpoint: http://j\n  interval: 5\n  initial_sampler: {trace_id_ratio_based: {ratio: 0.1}}\n',
  );
  assert.deepEqual(said, { tracesSampler: 'traceidratio', tracesSamplerArg: '0.1' });
  assert.deepEqual(lines, [
    'jaeger_remote/development (otel.yaml:1:1) asks a server, which is not supported here; going on with its initial_sampler',
  ]);
});

test('a sampler that is none here is told, and another takes its place', () => {
  const { said, lines } = read('mine: {a: 1}');
  assert.deepEqual(said, { tracesSampler: 'parentbased_always_on' });
  assert.deepEqual(lines, ['mine (otel.yaml:1:1) is no sampler here; going on with the default']);
  assert.deepEqual(read('composite/development: {mine: }').lines, [
    'composite/development.mine (otel.yaml:1:25) is no sampler here; going on with always_on',
  ]);
});
