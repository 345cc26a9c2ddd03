/** A copy of this version or a later one is traced by what it publishes, and left as it is; an older one by the class. */
export interface Published {
  /** The diagnostics channels whose first message loads what makes the spans. */
  readonly channels: readonly string[];
  /** The first version that has all of them. */
  readonly from: string;
}

/** One instrumentation, of @opentelemetry/auto-instrumentations-node or our own, and what wakes it. */
export interface CatalogRow {
  /** The name that `OTEL_NODE_ENABLED_INSTRUMENTATIONS` takes, and, where it has a class, the file of its part: `instrumentation-<name>.js`. */
  readonly name: string;
  /** The class that its package exports; undefined where there is only ours. */
  readonly className: string | undefined;
  /**
   * - a list: the modules whose first `require` or `import` loads it;
   * - a channel: the diagnostics channel whose first message loads it;
   * - `metrics`: there only where metrics are asked for;
   * - `lambda`: there only inside AWS Lambda.
   */
  readonly wokenBy: readonly string[] | { readonly channel: string } | 'metrics' | 'lambda';
  /** Where a library tells of what it does by itself; undefined where none of its versions does. */
  readonly publishes?: Published;
  /** Whether it is on when neither list of instrumentations is configured. */
  readonly byDefault: boolean;
}
