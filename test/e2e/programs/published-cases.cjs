// Runs cases of traffic through a library, one after the other, each within a span of its own name, and prints what each came to.

/**
 * @param createCases is given the tools below, and makes `cases`, name → what to run, and `close`, which ends all of it. What a
 *   case resolves with is printed.
 */
exports.runCases = async (createCases) => {
  const api = require('@opentelemetry/api');
  const { suppressTracing } = require('@opentelemetry/core');
  const { OFFICIAL, OFFICIAL_CLASS, PORT } = process.env;
  if (OFFICIAL !== undefined) new (require(OFFICIAL)[OFFICIAL_CLASS])();

  const tracer = api.trace.getTracer('cases');
  /** A span that has begun and ended: its parent tells which context is active here. */
  const mark = (name) => tracer.startSpan(name).end();
  /** What a promise comes to, as text. */
  const outcome = async (promise) => {
    try {
      return text(await promise);
    } catch (error) {
      return `${error.constructor.name}: ${error.message}`;
    } finally {
      mark('goes on');
    }
  };
  const text = (value) =>
    JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? 'nothing';
  const without = {
    parent: (work) => api.context.with(api.ROOT_CONTEXT, work),
    tracing: (work) => api.context.with(suppressTracing(api.context.active()), work),
  };
  const tools = { port: Number(PORT), mark, outcome, text, without };

  const { cases, close } = await createCases(tools);
  const results = {};
  for (const [name, run] of Object.entries(cases)) {
    const span = tracer.startSpan(`case ${name}`, { root: true });
    results[name] = await api.context.with(api.trace.setSpan(api.context.active(), span), run);
    span.end();
  }
  await close();
  console.log(JSON.stringify(results));
};
