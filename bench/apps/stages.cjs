'use strict';
// Times the parts of a span's way, by what an instrumentation calls: nanoseconds a call, for each of so many samples.
const { context, ROOT_CONTEXT, SpanKind, trace } = require('@opentelemetry/api');
const { answer } = require('./answer.cjs');
const { attributes, CALLS, nsOf, SPANS } = require('./samples.cjs');

const tracer = trace.getTracer('stages', '1.0.0');
const inSpan = trace.setSpan(ROOT_CONTEXT, tracer.startSpan('parent'));
const notSampled = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 0,
  isRemote: true,
});
const options = () => ({ kind: SpanKind.SERVER, attributes: attributes() });

function repeat(call) {
  return nsOf(CALLS, () => {
    for (let i = 0; i < CALLS; i++) call();
  });
}

const nothing = () => {};

/** One sample of each stage. */
function sample() {
  const ns = {};
  ns['the active context'] = repeat(() => context.active());
  ns['context enter and exit'] = repeat(() => context.with(inSpan, nothing));
  ns['span not sampled, start to end'] = repeat(() => tracer.startSpan('x', undefined, notSampled).end());
  const spans = [];
  ns['span start: ids, clock, sampler, processors'] = nsOf(SPANS, () => {
    for (let i = 0; i < SPANS; i++) spans.push(tracer.startSpan('GET', { kind: SpanKind.SERVER }, ROOT_CONTEXT));
  });
  ns['setAttribute, one'] = nsOf(SPANS * 10, () => {
    for (const span of spans) {
      for (let i = 0; i < 10; i++) span.setAttribute(keys[i], values[i]);
    }
  });
  ns['span end with 10 attributes: clock, encode, batch'] = nsOf(SPANS, () => {
    for (const span of spans) span.end();
  });
  ns['span with 10 attributes, start to end'] = nsOf(SPANS, () => {
    for (let i = 0; i < SPANS; i++) tracer.startSpan('GET', options(), ROOT_CONTEXT).end();
  });
  return ns;
}

const keys = Object.keys(attributes());
const values = Object.values(attributes());

answer({
  /** @returns stage → its samples */
  async measure({ samples, warmUp }) {
    const all = {};
    for (let i = 0; i < warmUp + samples; i++) {
      for (const [stage, ns] of Object.entries(sample())) {
        if (i >= warmUp) (all[stage] ??= []).push(ns);
      }
      // What is due is sent between the samples, not in them.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return all;
  },
});
