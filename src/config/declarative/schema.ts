import schema10 from './schema-1.0.json' with { type: 'json' };
import schema11 from './schema-1.1.json' with { type: 'json' };

/** Those keywords of JSON Schema that OpenTelemetry's has. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly oneOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/**
 * The published schemas without their descriptions, which are half of them, by the minor version of `file_format`.
 *
 * @see https://github.com/open-telemetry/opentelemetry-configuration
 */
export const schemas: readonly Schema[] = [schema10, schema11];
