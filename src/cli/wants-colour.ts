/** What Node.js takes for a yes. */
const FORCES = new Set(['', '1', '2', '3', 'true']);

/**
 * Whether what is written to a stream may be coloured: on a terminal that knows colours. `NO_COLOR` switches it off and
 * `FORCE_COLOR` on, whatever the stream is; of both, `FORCE_COLOR` counts, as it does for Node.js.
 *
 * @see https://no-color.org
 */
export function wantsColour(
  stream: { readonly isTTY?: boolean; hasColors(env: object): boolean },
  env: NodeJS.ProcessEnv,
): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused = '' } = env;
  if (forced !== undefined) return FORCES.has(forced);
  return refused === '' && stream.isTTY === true && stream.hasColors(env);
}
