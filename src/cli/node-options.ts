/**
 * `NODE_OPTIONS` that preload us, as docker/entrypoint makes them: ours first, so that the hooks are there before another
 * preload loads what they are for; by `--require`, because a Node.js that does not know `--import` refuses to start; left
 * alone where the preload is asked for already.
 *
 * @param options what the user has there, maybe nothing
 * @param register absolute path of the preload
 */
export function withPreload(options: string, register: string): string {
  // Node.js undoes double quotes, and backslashes within them
  const path = /[ "\\]/.test(register) ? `"${register.replaceAll(/["\\]/g, '\\$&')}"` : register;
  if (options.includes(path) || /otel-preload\/(?:dist\/)?register/.test(options)) return options;
  return `--require ${path}${options === '' ? '' : ` ${options}`}`;
}
