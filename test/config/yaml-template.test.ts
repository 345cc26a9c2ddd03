import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadSettings } from '../../src/config/load.ts';
import { optionRows } from '../../src/config/options.ts';
import { renderYamlTemplate } from '../../src/config/yaml-template.ts';
import { app } from '../support/app.ts';
import { readers } from './support.ts';

test('as it is it sets the address and nothing else', () => {
  assert.deepEqual(parse(renderYamlTemplate()), { tracing_url: 'http://127.0.0.1:14268/api/traces' });
});

test('with every line taken in, each option is there once and has a value that can be used', (t) => {
  const all = renderYamlTemplate()
    .replaceAll(/^( *)#(?! )/gm, '$1')
    .replaceAll(/^ *[\w]+:$\n(?! *(?:#|\w|\n))/gm, '');
  const cwd = app(t, { 'tracing.yaml': all });
  const { candidates, problems } = loadSettings({ env: {}, cwd, readers });
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error').map(({ text }) => text),
    [],
  );
  const missing = optionRows.filter(
    ([name, { yaml, default: preset }]) => yaml !== undefined && preset !== undefined && !candidates.has(name),
  );
  const unusable = missing.filter(
    ([, { type, default: preset }]) => !['', 'no limit'].includes(type.format(preset as never)),
  );
  assert.deepEqual(
    unusable.filter(([, { default: preset }]) => preset !== Infinity).map(([name]) => name),
    [],
  );
});
