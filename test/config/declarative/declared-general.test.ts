import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  readInstrumentation,
  readLogLevel,
  readPropagator,
  readRows,
} from '../../../src/config/declarative/declared-general.ts';
import { schemas, type Schema } from '../../../src/config/declarative/schema.ts';
import { optionRows } from '../../../src/config/options.ts';
import { reading, said, sectionOf } from './support.ts';

test('an option is said where its row has it', () => {
  const { result, lines } = reading(
    `disabled: true
attribute_limits: {attribute_value_length_limit: 3, attribute_count_limit: }
tracer_provider:
  limits: {event_count_limit: 4}
resource: {schema_url: https://s}
`,
    readRows,
  );
  assert.deepEqual(said(result), {
    attributeValueLengthLimit: ['3', 2],
    spanEventCountLimit: ['4', 4],
    resourceSchemaUrl: ['https://s', 5],
    sdkDisabled: ['true', 1],
  });
  assert.deepEqual(lines, []);
});

test('the place that a row names is one of the schema', () => {
  const [, schema = {}] = schemas;
  const follow = ({ $ref, ...own }: Schema): Schema => ({
    ...schema.$defs?.[$ref?.replace('#/$defs/', '') ?? ''],
    ...own,
  });
  const named = optionRows.flatMap(([, { declarative }]) => declarative ?? []);
  assert.ok(named.length > 20);
  for (const path of named) {
    let at: Schema | undefined = schema;
    for (const key of path.split('.')) at = at === undefined ? undefined : follow(at).properties?.[key];
    assert.ok(at !== undefined, path);
  }
});

test('each of the 24 severities is a level of ours', () => {
  const level = (name: string) => readLogLevel(sectionOf(`level: ${name}`).child('level') ?? assert.fail())[0]?.[1].raw;
  const levels = { all: ['trace'], verbose: ['trace2', 'trace3', 'trace4'], none: ['fatal', 'fatal4'] };
  for (const [ours, names] of Object.entries(levels)) for (const name of names) assert.equal(level(name), ours);
  for (const name of ['debug', 'info', 'warn', 'error']) {
    for (const number of ['', '2', '3', '4']) assert.equal(level(name + number), name);
  }
});

test('composite_list is put behind composite', () => {
  const read = (content: string) => said(reading(content, readPropagator).result)['propagators'];
  assert.deepEqual(read('composite: [{b3: }, {tracecontext: }]\ncomposite_list: "xray,b3"\n'), [
    ['b3', 'tracecontext', 'xray', 'b3'],
    1,
  ]);
  assert.deepEqual(read('composite_list: "xray,b3"\n'), ['xray,b3', 1]);
  assert.equal(read('composite_list: \n'), undefined);
});

test('settings of a propagator are told to have no effect', () => {
  assert.deepEqual(reading('composite:\n  - b3: {single: true}\n', readPropagator).lines, [
    'composite[0].b3 (otel.yaml:2:5) takes no settings here; they have no effect',
  ]);
});

test('an instrumentation of ours may be off, and what is for other languages is passed over', () => {
  const { result, lines } = reading(
    `js: {pg: {enabled: false}, http: {enabled: true}, express: {hooks: 1}, mine: {enabled: false}}
java: {mine: {a: 1}}
`,
    readInstrumentation,
  );
  assert.deepEqual(said(result), { disabledInstrumentations: [['pg'], 1] });
  assert.deepEqual(
    lines.map((line) => line.replace(/ is .*/, '')),
    ['js.express (otel.yaml:1:51)', 'js.mine (otel.yaml:1:72)'],
  );
});

test('known methods are those of the server; others for the client are told', () => {
  const read = (content: string) => reading(content, readInstrumentation).lines.length;
  assert.equal(read('general: {http: {server: {known_methods: [A, B]}, client: {known_methods: [A, B]}}}'), 0);
  assert.equal(read('general: {http: {server: {known_methods: [A, B]}, client: {known_methods: [A]}}}'), 1);
});
