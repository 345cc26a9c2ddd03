/** How `NODE_OPTIONS` have a file loaded: by `--require`, because a Node.js that does not know `--import` refuses to start. */
export function requireOption(file: string): string {
  // Node.js undoes double quotes, and backslashes within them
  return `--require ${/[ "\\]/.test(file) ? `"${file.replaceAll(/["\\]/g, '\\$&')}"` : file}`;
}

/** Whether the preload is asked for already. @param register absolute path of ours */
export function namesPreload(options: string, register: string): boolean {
  const path = requireOption(register).slice('--require '.length);
  return options.includes(path) || /otel-preload\/(?:dist\/)?register/.test(options);
}

/**
 * `NODE_OPTIONS` that preload us, as docker/entrypoint makes them: ours first, so that the hooks are there before another
 * preload loads what they are for; left alone where the preload is asked for already.
 *
 * @param options what the user has there, maybe nothing
 * @param register absolute path of the preload
 */
export function withPreload(options: string, register: string): string {
  if (namesPreload(options, register)) return options;
  return `${requireOption(register)}${options === '' ? '' : ` ${options}`}`;
}
