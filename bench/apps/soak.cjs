'use strict';
// Ends RATE spans a second, each with a running number. After each tick JOURNAL has a record of how far it came:
// the first number that has not ended yet and the time, both float64.
const { openSync, writeSync } = require('node:fs');
const { context, trace } = require('@opentelemetry/api');
const { answer } = require('./answer.cjs');

const TICK_MS = 10;
const { RATE, LIFE, JOURNAL } = process.env;
const rate = Number(RATE);
const life = Number(LIFE);
const journal = openSync(JOURNAL, 'w');
const tracer = trace.getTracer('soak');
const startedMs = performance.now();
let next = 0;
let parent = context.active();

function endSpan() {
  // A trace for each second, so that a real Jaeger is not asked to keep one for each span.
  const isRoot = next % rate === 0;
  const attributes = { 'soak.life': life, 'soak.number': next, 'http.route': '/users/:id' };
  const span = tracer.startSpan('work', { attributes, root: isRoot }, isRoot ? undefined : parent);
  if (isRoot) parent = trace.setSpan(context.active(), span);
  span.end();
  next++;
}

const timer = setInterval(() => {
  const due = Math.floor(((performance.now() - startedMs) / 1000) * rate);
  while (next < due) endSpan();
  writeSync(journal, new Float64Array([next, Date.now()]));
}, TICK_MS);
if (rate === 0) clearInterval(timer);

answer({
  /** What lives on the heap, garbage taken out. */
  state() {
    global.gc();
    const { heapUsed, rss } = process.memoryUsage();
    return { ended: next, heapUsed, rss, stats: globalThis[Symbol.for('otel-preload.runtime')].stats() };
  },
  stop() {
    clearInterval(timer);
    return { ended: next };
  },
});
