import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../support/run.ts';

const root = join(checkout, 'test/fixtures/opentelemetry-configuration');

export interface Example {
  /** `1.1/snippets/SpanLimits_kitchen_sink.yaml`. */
  readonly name: string;
  readonly path: string;
  readonly content: string;
}

/** The specification's own files, of both versions. */
export const examples: readonly Example[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => ({ name, path: join(root, name), content: readFileSync(join(root, name), 'utf8') }));
