import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { optionRows } from '../../src/config/options.ts';
import { checkout } from '../support/run.ts';

const scope = join(checkout, 'node_modules/@opentelemetry');

/** Of an exporter that is not offered. */
const notOurs = new Set(['OTEL_EXPORTER_ZIPKIN_ENDPOINT']);

test('every variable that the SDK, its exporters and the instrumentations read is an option', () => {
  const known = new Set(optionRows.flatMap(([, row]) => row.env));
  const read = new Set<string>();
  for (const name of readdirSync(scope)) {
    for (const file of filesIn(join(scope, name, 'dist'))) {
      const source = readFileSync(file, 'utf8');
      for (const [, variable = ''] of source.matchAll(
        /(?:FromEnv|getEnvBool|parseAndValidate\w+)\(["'](OTEL_\w+)["']/g,
      ))
        read.add(variable);
      for (const [, variable = ''] of source.matchAll(/process\.env(?:\.|\[["'])(OTEL_\w+)/g)) read.add(variable);
      for (const [, signals = ''] of source.matchAll(/`OTEL_EXPORTER_OTLP_\$\{signalIdentifier\}(_\w+)`/g)) {
        for (const signal of ['TRACES', 'METRICS', 'LOGS']) read.add(`OTEL_EXPORTER_OTLP_${signal}${signals}`);
      }
    }
  }
  assert.ok(read.size > 60, `${read.size} found`);
  assert.deepEqual(
    [...read].filter((name) => !known.has(name) && !notOurs.has(name)),
    [],
  );
});

function filesIn(dir: string): readonly string[] {
  let entries;
  try {
    entries = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  return entries.filter((name) => name.endsWith('.mjs')).map((name) => join(dir, name));
}

test('metrics and logs are off unless they are asked for by name, and the SDK is told so', () => {
  const rows = new Map(optionRows);
  for (const name of ['metricsExporter', 'logsExporter'] as const) {
    assert.deepEqual(rows.get(name)?.default, []);
    assert.equal(rows.get(name)?.sdk, 'default');
  }
});
