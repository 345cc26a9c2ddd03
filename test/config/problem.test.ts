import assert from 'node:assert/strict';
import { test } from 'node:test';
import { options } from '../../src/config/options.ts';
import { badValue, quote } from '../../src/config/problem.ts';
import { defaultSource } from '../../src/config/source.ts';

const dotenv = { kind: 'dotenv', variable: 'OTEL_BSP_SCHEDULE_DELAY', file: '.env', line: 12 } as const;
const yaml = { kind: 'yaml', path: 'exporter.otlp.headers', file: 'tracing.yaml', line: 3 } as const;

test('one line has name, place, what is allowed, what was got and what is used', () => {
  const used = { value: 5000, source: defaultSource };
  assert.deepEqual(badValue(options.scheduleDelayMs, { raw: '5s', source: dotenv }, undefined, used), {
    severity: 'error',
    text: 'OTEL_BSP_SCHEDULE_DELAY (.env:12) must be whole milliseconds ≥ 0, got "5s"; using 5000',
  });
});

test('where another source has a value, that is said with its place', () => {
  const used = { value: 200, source: { ...yaml, path: 'batch.schedule_delay_ms' } };
  const { text } = badValue(options.scheduleDelayMs, { raw: '5s', source: dotenv }, undefined, used);
  assert.match(text, /; using 200 \(tracing.yaml:3\)$/);
});

test('where nothing is used instead, the value is ignored', () => {
  const source = { kind: 'environment', variable: 'TRACING_URL' } as const;
  const { text } = badValue(options.tracingUrl, { raw: 'u:S@h', source }, undefined, {
    value: undefined,
    source: defaultSource,
  });
  assert.equal(
    text,
    'TRACING_URL must be a URL with http://, https:// or unix:, or several with commas between, got "***@h"; ignored',
  );
});

test('of a secret neither what was got nor what is used is shown', () => {
  const used = { value: { a: 'S' }, source: yaml };
  const { text } = badValue(options.otlpHeaders, { raw: 'a=S,S', source: yaml }, 'S', used);
  assert.equal(
    text,
    'exporter.otlp.headers (tracing.yaml:3) must be name=value headers with commas between, percent-encoded, got "***"; using ***',
  );
});

test('lists, maps and what is nested in them are told apart', () => {
  const got = (raw: Parameters<typeof badValue>[1]['raw']) =>
    badValue(options.scheduleDelayMs, { raw, source: dotenv }, undefined, { value: 1, source: defaultSource }).text;
  assert.match(got(['a', 'b']), /got "a,b"/);
  assert.match(got({ a: 'b' }), /got a map/);
  assert.match(got(undefined), /got something nested/);
});

test('a quoted value is one line of at most 80 characters', () => {
  assert.equal(quote('a\n"b"'), String.raw`"a\n\"b\""`);
  assert.equal(quote('x'.repeat(81)), `"${'x'.repeat(80)}…"`);
});
