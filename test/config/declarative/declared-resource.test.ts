import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResource } from '../../../src/config/declarative/declared-resource.ts';
import { reading, said } from './support.ts';

function read(content: string) {
  const { result, lines } = reading(content, readResource);
  return { said: said(result), lines };
}

test('attributes have their types, and go before those of attributes_list', () => {
  const { said, lines } = read(`attributes:
  - {name: s, value: "1"}
  - {name: b, value: false, type: bool}
  - {name: i, value: 2, type: int}
  - {name: d, value: 2.5, type: double}
  - {name: sa, value: [x, "2"], type: string_array}
  - {name: ba, value: [true], type: bool_array}
  - {name: ia, value: [1, 2], type: int_array}
  - {name: da, value: [1, 2.5], type: double_array}
  - {name: nothing, value: }
attributes_list: "s=2,l=a%2Cb"
`);
  assert.deepEqual(said['resourceAttributes'], [
    { s: '1', l: 'a,b', b: false, i: 2, d: 2.5, sa: ['x', '2'], ba: [true], ia: [1, 2], da: [1, 2.5] },
    1,
  ]);
  assert.deepEqual(lines, []);
});

test('a value that is not of its type is left out, in a line; text is the type that nobody names', () => {
  const { said, lines } = read(`attributes:
  - {name: a, value: 1}
  - {name: b, value: 1.5, type: int}
  - {name: c, value: x, type: bool_array}
  - {name: d, value: [1, 1.5], type: int_array}
  - {name: e, value: x}
`);
  assert.deepEqual(said['resourceAttributes'], [{ e: 'x' }, 1]);
  assert.deepEqual(lines, [
    'attributes[0].value (otel.yaml:2:15) must be text, as its type says; going on without a',
    'attributes[1].value (otel.yaml:3:15) must be an integer, as its type says; going on without b',
    'attributes[2].value (otel.yaml:4:15) must be a list of true and false, as its type says; going on without c',
    'attributes[3].value (otel.yaml:5:15) must be a list of integers, as its type says; going on without d',
  ]);
});

test('a list that cannot be read is told, and the others count', () => {
  const { said, lines } = read('attributes: [{name: a, value: x}]\nattributes_list: "b"\n');
  assert.deepEqual(said['resourceAttributes'], [{ a: 'x' }, 1]);
  assert.match(lines.join(), /^attributes_list \(otel\.yaml:2:1\) must be key=value pairs .*; going on without it$/);
});

test('detectors are called by their names in the file, and by ours beyond these', () => {
  const { said, lines } = read(
    'detection/development:\n  detectors: [{container: }, {host: }, {process: }, {service: }, {aws: }, {mine: }]\n',
  );
  assert.deepEqual(said['resourceDetectors'], [['container', 'host', 'os', 'process', 'serviceinstance', 'aws'], 2]);
  assert.deepEqual(lines, [
    'detection/development.detectors[5].mine (otel.yaml:2:76) is no detector here; these are: container, host, process, service, os, serviceinstance, alibaba, aws, azure, gcp',
  ]);
});
