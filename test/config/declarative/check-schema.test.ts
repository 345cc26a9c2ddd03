import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { checkSchema } from '../../../src/config/declarative/check-schema.ts';
import { schemas } from '../../../src/config/declarative/schema.ts';
import { parseYaml } from '../../../src/config/yaml.ts';
import { checkout } from '../../support/run.ts';
import { examples } from './examples.ts';

function check(content: string, minor = 1): readonly string[] {
  const parsed = parseYaml(content);
  assert.ok(parsed.status === 'parsed', content);
  return checkSchema(parsed.root, schemas[minor] ?? {}).map(
    ({ path, line, column, text }) => `${path}:${line}:${column} ${text}`,
  );
}

test('each mistake is told with its path, place, what is allowed and what it got', () => {
  const wrong = `file_format: 1.1
disabled: maybe
log_level: loud
attribute_limits:
  attribute_count_limit: -1
  atribute_value_length_limit: 4
tracer_provider:
  processors:
    - batch:
        schedule_delay: 5s
        max_queue_size: 0
        exporter: { console: , otlp_http: }
    - simple: 5
    - {}
  sampler: { trace_id_ratio_based: { ratio: 2 } }
resource:
  attributes: []
propagator: tracecontext
`;
  assert.deepEqual(check(wrong), [
    'file_format:1:1 must be text in quotes, got 1.1',
    'disabled:2:1 must be true or false or nothing, got "maybe"',
    'log_level:3:1 must be one of trace, trace2, trace3, trace4, debug, debug2, debug3, debug4, info, info2, info3, info4, warn, warn2, warn3, warn4, error, error2, error3, error4, fatal, fatal2, fatal3, fatal4 or nothing, got "loud"',
    'attribute_limits.attribute_count_limit:5:3 must be an integer ≥ 0 or nothing, got -1',
    'attribute_limits.atribute_value_length_limit:6:3 is not known there; these are: attribute_value_length_limit, attribute_count_limit',
    'tracer_provider.processors[0].batch.schedule_delay:10:9 must be an integer ≥ 0 or nothing, got "5s"',
    'tracer_provider.processors[0].batch.max_queue_size:11:9 must be an integer > 0 or nothing, got 0',
    'tracer_provider.processors[0].batch.exporter:12:9 must have exactly 1 entry, such as otlp_http, otlp_grpc, otlp_file/development, console, got 2',
    'tracer_provider.processors[1].simple:13:7 must be a map, got 5',
    'tracer_provider.processors[2]:14:7 must have exactly 1 entry, such as batch, simple, got 0',
    'tracer_provider.sampler.trace_id_ratio_based.ratio:15:38 must be a number ≥ 0 and ≤ 1 or nothing, got 2',
    'resource.attributes:17:3 must have at least 1 item, got none',
    'propagator:18:1 must be a map, got "tracecontext"',
  ]);
});

test('what must be there and is not is told where it belongs', () => {
  assert.deepEqual(check('tracer_provider:\n  processors:\n    - batch: {schedule_delay: 5}\n'), [
    ':1:1 must have file_format, which is not there',
    'tracer_provider.processors[0].batch:3:7 must have exporter, which is not there',
  ]);
});

test('the value of a resource attribute is text, a number, true or false, or a list of one of these', () => {
  const value = (text: string) => check(`file_format: "1.1"\nresource: {attributes: [{name: a, value: ${text}}]}\n`);
  for (const good of ['x', '1', '1.5', 'true', '', '[a, b]', '[1, 2.5]', '[true]']) assert.deepEqual(value(good), []);
  for (const bad of ['[]', '[a, 1]', '{a: 1}', '[[a]]']) {
    assert.match(value(bad).join(), /value:2:35 must be text, a number, true or false, nothing, a list of which/, bad);
  }
});

test('a value that may be the secret of a header is not shown', () => {
  const content = `file_format: "1.1"
tracer_provider:
  processors:
    - batch: {exporter: {otlp_http: {headers: [{name: api-key, value: 123456}]}}}
`;
  assert.deepEqual(check(content), [
    'tracer_provider.processors[0].batch.exporter.otlp_http.headers[0].value:4:64 must be text in quotes or nothing, got ***',
  ]);
});

test('the specification’s own files are good by the schema of their version', () => {
  assert.ok(examples.length > 60);
  for (const { name, content } of examples) {
    // booleans come from variables there
    const filled = content.replaceAll('${OTEL_SDK_DISABLED:-false}', 'false').replaceAll(/\$\{\w+:-([\d]+)\}/g, '$1');
    const bare = filled.replaceAll(/\$\{\w+\}/g, '').replaceAll(/\$\{\w+:-([^}]+)\}/g, '$1');
    assert.deepEqual(check(bare, Number(name[2])), [], name);
  }
});

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface Validator {
  (data: unknown): boolean;
  readonly errors?: readonly { readonly instancePath: string; readonly keyword: string }[];
}

/** OpenTelemetry's own, compiled from the same schema by another program. */
const official = (
  createRequire(import.meta.url)(
    join(checkout, 'node_modules/@opentelemetry/configuration/dist/generated/validator.cjs'),
  ) as { readonly default: Validator }
).default;

const junk: readonly Json[] = [null, true, -1, 0, 1, 1.5, 1e9, '', 'x', '5', [], ['x'], [1], {}, { x: null }, { x: 1 }];

/** One place of a document changed, as `picks` says. */
function mutate(document: Json, picks: Iterator<number>): Json {
  const pick = (below: number): number => (picks.next().value as number) % below;
  const walk = (node: Json, depth: number): Json => {
    const keys = Array.isArray(node)
      ? [...node.keys()]
      : node !== null && typeof node === 'object'
        ? Object.keys(node)
        : [];
    if (keys.length === 0 || depth === 0 || pick(6) === 0) {
      if (node !== null && typeof node === 'object' && !Array.isArray(node) && pick(2) === 0) {
        const [first] = Object.keys(node);
        if (first === undefined || pick(2) === 0) return { ...node, other: junk[pick(junk.length)] ?? null };
        const { [first]: _, ...rest } = node;
        return rest;
      }
      return junk[pick(junk.length)] ?? null;
    }
    const key = keys[pick(keys.length)] ?? 0;
    if (Array.isArray(node)) return node.map((item, at) => (at === key ? walk(item, depth - 1) : item));
    const map = node as { [key: string]: Json };
    return { ...map, [key]: walk(map[key] ?? null, depth - 1) };
  };
  return walk(document, 12);
}

/** Where the schema's names leave out the nothing that its type allows and its text gives a meaning. */
function isNothingAmongNames(document: Json, error: NonNullable<Validator['errors']>[number] | undefined): boolean {
  if (error?.keyword !== 'enum') return false;
  let at: Json | undefined = document;
  for (const key of error.instancePath.split('/').slice(1)) {
    at = (at as { [key: string]: Json } | null)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return at === null;
}

test('1500 damaged files are good or bad as OpenTelemetry’s own validator has it', () => {
  const documents = examples.filter(({ name }) => name.startsWith('1.1')).map(({ content }) => parse(content) as Json);
  let good = 0;
  fc.assert(
    fc.property(fc.nat(documents.length - 1), fc.array(fc.nat(1000), { minLength: 60, maxLength: 60 }), (at, picks) => {
      const damaged = mutate(documents[at] ?? null, [...picks, ...picks][Symbol.iterator]());
      const ours = check(stringify(damaged, { version: '1.2' }));
      const expected = official(damaged) || isNothingAmongNames(damaged, official.errors?.[0]);
      if (expected) good++;
      assert.equal(
        ours.length === 0,
        expected,
        `${JSON.stringify(damaged)}\n${ours.join('\n')}\n${JSON.stringify(official.errors)}`,
      );
    }),
    { numRuns: 1500 },
  );
  assert.ok(good > 75 && good < 1425, `${good} of 1500 were good`);
});
