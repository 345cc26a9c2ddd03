/**
 * The path that `use` and `route` are given, as it stands in routes.
 *
 * @param argument the first one: a path, several of them, or a function if there is none
 */
export function mountPath(argument: unknown): string | undefined {
  return Array.isArray(argument) ? argument.map((one) => textOf(one) ?? '').join(',') : textOf(argument);
}

function textOf(path: unknown): string | undefined {
  if (typeof path === 'string') return path;
  return path instanceof RegExp || typeof path === 'number' ? path.toString() : undefined;
}
