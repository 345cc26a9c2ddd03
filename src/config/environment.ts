/**
 * Runs `run` with the overlay on `process.env` and then puts every variable back exactly as it was, absent ones
 * included. For parts of OpenTelemetry that read the environment by themselves while they are constructed.
 *
 * @param overlay `undefined` hides a variable
 * @param run synchronous: a promise would go on after the variables are back
 */
export function withEnvironment<T>(overlay: Readonly<Record<string, string | undefined>>, run: () => T): T {
  const before = Object.keys(overlay).map((name) => [name, process.env[name]] as const);
  try {
    assign(Object.entries(overlay));
    return run();
  } finally {
    assign(before);
  }
}

function assign(variables: readonly (readonly [name: string, value: string | undefined])[]): void {
  for (const [name, value] of variables) {
    // assigning undefined would store the text "undefined"
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
