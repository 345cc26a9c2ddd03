import type { ValueType } from './value-type.ts';

/** The tables of the documentation, in their order. */
export const groups = {
  preload: 'The preload itself',
  service: 'Who the service is',
  exporter: 'Where spans go',
  otlp: 'OTLP',
  batch: 'Batches',
  spool: 'Spans on disk',
  sampling: 'Sampling and propagation',
  limits: 'Limits of spans',
  instrumentation: 'Instrumentations',
  metrics: 'Metrics',
  logs: 'Logs',
  platform: 'Set by the platform',
} as const;

/** One row of the table of options. */
export interface Option {
  /** Variables, the usual one first; the others are older names. */
  readonly env: readonly string[];
  readonly yaml?: string;
  /** Where a declarative file says it, as `tracer_provider.limits.event_count_limit`; more is said in docs/declarative.md. */
  readonly declarative?: string;
  readonly type: ValueType<unknown>;
  readonly default: unknown;
  /** The option whose value is taken before the default. */
  readonly inherits?: string;
  /** Never shown. */
  readonly secret?: true;
  /**
   * NodeSDK or an instrumentation reads the variable itself from `process.env` while it starts: it gets to see what
   * we read, from wherever (`true`); that and our default, which is not its own (`'default'`); or nothing (`'hidden'`).
   */
  readonly sdk?: true | 'default' | 'hidden';
  readonly group: keyof typeof groups;
  /** One sentence. */
  readonly doc: string;
}

/** The value that a row yields. */
export type ValueOf<Row extends Option> =
  | (Row['type'] extends ValueType<infer T> ? T : never)
  | (undefined extends Row['default'] ? undefined : never);
