import { optionRows } from './options.ts';
import type { JsonSchema } from './value-type.ts';

interface Level {
  readonly properties: Record<string, JsonSchema>;
}

/**
 * JSON Schema of the YAML file, from the table of options; editors complete and check by it.
 *
 * The file may be the app's own, so other keys are no mistake.
 *
 * @see https://json-schema.org/draft/2020-12
 */
export function toJsonSchema(): JsonSchema {
  const top: Level = { properties: {} };
  for (const [, { yaml, type, doc, default: preset, env }] of optionRows) {
    const keys = yaml?.split('.') ?? [];
    const last = keys.pop();
    if (last === undefined) continue;
    const variable = env[0] === undefined ? '' : ` (${env[0]})`;
    levelAt(top, keys).properties[last] = {
      description: `${doc}${variable}`,
      ...type.schema,
      ...(isJson(preset) ? { default: preset } : {}),
    };
  }
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'otel-preload', type: 'object', ...top };
}

function levelAt(top: Level, keys: readonly string[]): Level {
  let level = top;
  for (const key of keys) {
    const next = (level.properties[key] ?? { type: 'object', properties: {} }) as JsonSchema & Level;
    level.properties[key] = next;
    level = next;
  }
  return level;
}

/** Infinity, which stands for "no limit", is no value of JSON. */
function isJson(value: unknown): boolean {
  return value !== undefined && value !== Infinity;
}
