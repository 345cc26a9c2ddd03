import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SettingName } from '../../src/config/options.ts';
import type { Candidate, Problem } from '../../src/config/problem.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { defaultSource } from '../../src/config/source.ts';

const environment = (variable: string) => ({ kind: 'environment', variable }) as const;
const yaml = (path: string, line = 1) => ({ kind: 'yaml', path, file: 'tracing.yaml', line }) as const;

type Entries = readonly (readonly [SettingName, Candidate[]])[];

function resolve(entries: Entries) {
  const problems: Problem[] = [];
  const resolved = resolveSettings(new Map(entries), problems);
  return { ...resolved, texts: problems.map(({ text }) => text) };
}

test('other defaults go before those of the table, and behind what is set', () => {
  const problems: Problem[] = [];
  const set = [{ raw: 'b3', source: environment('OTEL_PROPAGATORS') }];
  const defaults = { propagators: [], resourceDetectors: [] };
  assert.deepEqual(resolveSettings(new Map(), problems, defaults).settings.propagators, []);
  const { settings, sources } = resolveSettings(new Map([['propagators', set]]), problems, defaults);
  assert.deepEqual([settings.propagators, settings.resourceDetectors], [['b3'], []]);
  assert.equal(sources.resourceDetectors, defaultSource);
});

test('without candidates everything is its default', () => {
  const { settings, sources, texts } = resolve([]);
  assert.equal(settings.scheduleDelayMs, 5000);
  assert.equal(settings.tracingUrl, undefined);
  assert.deepEqual(new Set(Object.values(sources)), new Set([defaultSource]));
  assert.deepEqual(texts, []);
});

test("the first candidate that can be used counts, and a bad one behind it is nobody's trouble", () => {
  const { settings, sources, texts } = resolve([
    [
      'scheduleDelayMs',
      [
        { raw: '5s', source: environment('OTEL_BSP_SCHEDULE_DELAY') },
        { raw: '200', source: yaml('batch.schedule_delay_ms', 3) },
        { raw: 'bad too', source: yaml('batch.schedule_delay_ms', 4) },
      ],
    ],
  ]);
  assert.equal(settings.scheduleDelayMs, 200);
  assert.equal(sources.scheduleDelayMs.kind, 'yaml');
  assert.deepEqual(texts, [
    'OTEL_BSP_SCHEDULE_DELAY must be whole milliseconds ≥ 0, got "5s"; using 200 (tracing.yaml:3)',
  ]);
});

test('of a list the good part is used and the rest told', () => {
  const { settings, texts } = resolve([['propagators', [{ raw: 'b3,b4', source: environment('OTEL_PROPAGATORS') }]]]);
  assert.deepEqual(settings.propagators, ['b3']);
  assert.match(texts[0] ?? '', /^OTEL_PROPAGATORS must be a list of .*, got "b4"; using b3$/);
});

test('a general option counts for the special one that nobody set, source and all', () => {
  const source = environment('OTEL_ATTRIBUTE_COUNT_LIMIT');
  const { settings, sources } = resolve([
    ['attributeCountLimit', [{ raw: '7', source }]],
    ['logRecordAttributeCountLimit', [{ raw: '9', source: yaml('log_record_limits.attribute_count') }]],
  ]);
  assert.deepEqual(
    [settings.attributeCountLimit, settings.spanAttributeCountLimit, settings.logRecordAttributeCountLimit],
    [7, 7, 9],
  );
  assert.equal(sources.spanAttributeCountLimit, source);
});

test('a bad special value gives way to the general one, and the line says so', () => {
  const { settings, texts } = resolve([
    ['otlpProtocol', [{ raw: 'grpc', source: yaml('exporter.otlp.protocol', 7) }]],
    ['otlpTracesProtocol', [{ raw: 'thrift', source: environment('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') }]],
  ]);
  assert.equal(settings.otlpTracesProtocol, 'grpc');
  assert.match(texts[0] ?? '', /got "thrift"; using grpc \(tracing\.yaml:7\)$/);
});

test('a batch is not larger than its queue: said where it was set, in silence where it was not', () => {
  const queue = [{ raw: '100', source: environment('OTEL_BSP_MAX_QUEUE_SIZE') }];
  const silent = resolve([['maxQueueSize', queue]]);
  assert.deepEqual([silent.settings.maxExportBatchSize, silent.texts], [100, []]);
  const loud = resolve([
    ['maxQueueSize', queue],
    ['maxExportBatchSize', [{ raw: '101', source: environment('OTEL_BSP_MAX_EXPORT_BATCH_SIZE') }]],
  ]);
  assert.equal(loud.settings.maxExportBatchSize, 100);
  assert.deepEqual(loud.texts, [
    'OTEL_BSP_MAX_EXPORT_BATCH_SIZE must be at most OTEL_BSP_MAX_QUEUE_SIZE, got "101"; using 100',
  ]);
});

test('settings, their lists and maps, and sources cannot be changed', () => {
  const { settings, sources } = resolve([
    ['resourceAttributes', [{ raw: 'a=1', source: environment('OTEL_RESOURCE_ATTRIBUTES') }]],
  ]);
  for (const value of [settings, sources, ...Object.values(settings), ...Object.values(sources)])
    assert.ok(Object.isFrozen(value));
});
