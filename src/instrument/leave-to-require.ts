interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: unknown;
}

/** Whether a load hook gave a CommonJS module in TypeScript, by Node.js itself or by another loader. */
export function isCommonJsTypeScript(url: string, { format }: Loaded): boolean {
  return format === 'commonjs-typescript' || (format === 'commonjs' && /\.(?:cts|tsx?)(?:$|\?)/.test(url));
}

/**
 * Lets `require` load a CommonJS module in TypeScript that `import`, or the start of the program, has asked for.
 *
 * Where a load hook hands on such a module's source, Node.js 20 and 22 give the module a `require` of their own, which
 * passes by every hook on `require` and ends the program at the first wrapper that it meets. Whoever can load TypeScript
 * as CommonJS has taught `require` too: Node.js itself, tsx, ts-node, swc-node.
 *
 * @param loaded what the load hooks further down gave for `url`
 */
export function leaveToRequire<Result extends Loaded>(url: string, loaded: Result): Result {
  return isCommonJsTypeScript(url, loaded) ? { ...loaded, format: 'commonjs', source: undefined } : loaded;
}
