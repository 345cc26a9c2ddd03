import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseAllDocuments } from 'yaml';
import { toJsonSchema } from '../../src/config/json-schema.ts';
import { loadSettings } from '../../src/config/load.ts';
import { readers, texts } from '../config/support.ts';

const matchesSchema = new Ajv2020({ strict: false }).compile(toJsonSchema());

/** What Kubernetes and Docker Compose read, and not we. */
interface Manifest {
  readonly apiVersion?: unknown;
  readonly services?: unknown;
}

/**
 * YAML as we read it, a declarative file too: says something, no problem comes of it, and the JSON Schema agrees. Of a manifest, the variables that it sets
 * and the files that it holds are read so.
 *
 * @param directory where the files are that it names
 */
export function checkYaml(text: string, directory: string): void {
  for (const document of parseAllDocuments(text)) {
    assert.deepEqual(document.errors, []);
    const value: unknown = document.toJS();
    if (isManifest(value)) checkManifest(value, directory);
    else checkSettings(String(document), value, directory);
  }
}

function checkSettings(text: string, value: unknown, directory: string): void {
  const file = join(directory, 'checked.yaml');
  writeFileSync(file, text);
  const isDeclarative = typeof value === 'object' && value !== null && 'file_format' in value;
  const env = isDeclarative ? { OTEL_CONFIG_FILE: file } : { TRACING_CONFIG: file };
  const loaded = loadSettings({ env, cwd: directory, readers, dotenv: false });
  assert.deepEqual(texts(loaded), []);
  assert.ok(loaded.candidates.size > 1, 'there is no option of ours in it');
  // a declarative file has a schema of its own, which it has been checked by
  assert.ok(isDeclarative || matchesSchema(value), JSON.stringify(matchesSchema.errors));
}

/** Variables as a shell or a `.env` file has them. */
export function checkVariables(env: NodeJS.ProcessEnv, directory: string): void {
  assert.deepEqual(texts(loadSettings({ env, cwd: directory, readers, dotenv: false })), []);
}

/** A `.env` file. */
export function checkDotenv(text: string, directory: string): void {
  writeFileSync(join(directory, '.env'), text);
  const loaded = loadSettings({ env: {}, cwd: directory, readers });
  assert.deepEqual(texts(loaded), []);
  assert.ok(loaded.candidates.size > 0, 'there is no option of ours in it');
}

function isManifest(value: unknown): value is Manifest {
  return typeof value === 'object' && value !== null && ('apiVersion' in value || 'services' in value);
}

function checkManifest(manifest: Manifest, directory: string): void {
  const env: NodeJS.ProcessEnv = {};
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { name, value: own, valueFrom } = value as Readonly<Record<string, unknown>>;
    // A value that the cluster fills in is an address.
    if (typeof name === 'string')
      env[name] = typeof own === 'string' ? own : valueFrom === undefined ? undefined : '10.0.0.7';
    for (const [key, inner] of Object.entries(value)) {
      if (/\.ya?ml$/.test(key) && typeof inner === 'string') checkYaml(inner, directory);
      else if (key === 'environment' && typeof inner === 'object') Object.assign(env, inner);
      else walk(inner);
    }
  };
  walk(manifest);
  const ours = Object.entries(env).filter(([name]) => /^(?:OTEL_|TRACING_|POD_IP$)/.test(name));
  checkVariables(Object.fromEntries(ours), directory);
}
