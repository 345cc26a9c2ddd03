import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { renderSbom } from '../../scripts/sbom.ts';
import { checkout } from '../support/run.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly object[];
}

interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const own = { name: 'own', version: '0.1.0', license: 'Apache-2.0' };
const read = (text: string): Bom => JSON.parse(text) as Bom;

test('a package is a component with name, version, package URL and licence, and the bundle depends on each', () => {
  const one = { name: '@scope/one', version: '1.0.0', license: 'MIT', directory: '/one' };
  const two = { name: 'two', version: '2.0.0', license: '(MIT OR Apache-2.0)', directory: '/two' };
  const { metadata, components, dependencies } = read(renderSbom(own, [two, one]));
  assert.equal(metadata.component.purl, 'pkg:npm/own@0.1.0');
  assert.deepEqual(
    components.map(({ group, name, version, purl, licenses }) => [group, name, version, purl, licenses]),
    [
      ['@scope', 'one', '1.0.0', 'pkg:npm/%40scope/one@1.0.0', [{ license: { id: 'MIT' } }]],
      [undefined, 'two', '2.0.0', 'pkg:npm/two@2.0.0', [{ expression: '(MIT OR Apache-2.0)' }]],
    ],
  );
  assert.deepEqual(dependencies.find(({ ref }) => ref === metadata.component['bom-ref'])?.dependsOn, [
    'pkg:npm/%40scope/one@1.0.0',
    'pkg:npm/two@2.0.0',
  ]);
  assert.equal(renderSbom(own, [one, two]), renderSbom(own, [two, one]), 'the same bundle has the same one');
});

test('that of the bundle keeps to the schema of CycloneDX 1.6, and names what dist/LICENSES.txt names', () => {
  const text = readFileSync(join(checkout, 'dist/sbom.cdx.json'), 'utf8');
  const library = dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json'));
  const schema = (name: string): object =>
    JSON.parse(readFileSync(join(library, `res/schema/${name}.SNAPSHOT.schema.json`), 'utf8')) as object;
  const ajv = new Ajv({ strict: false, validateFormats: false });
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  const validate = ajv.compile(schema('bom-1.6'));
  validate(JSON.parse(text));
  assert.deepEqual(validate.errors, null);

  const named = read(text).components.map(
    ({ group, name, version }) => `${group ? `${group}/` : ''}${name} ${version}`,
  );
  const licences = readFileSync(join(checkout, 'dist/LICENSES.txt'), 'utf8');
  const listed = [...licences.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+ \d+\.\d+\.\d+\S*) \(.+\)$/gm)].map(
    ([, one = '']) => one,
  );
  assert.deepEqual(named.toSorted(), listed.toSorted());
  assert.ok(named.length > 100, `${named.length} components`);
});
