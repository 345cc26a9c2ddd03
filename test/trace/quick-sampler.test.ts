import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, type SpanContext, SpanKind, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';
import { alwaysOff, alwaysOn, QuickSampler, traceIdRatio } from '../../src/trace/quick-sampler.ts';

const hex = (digits: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdefABCDEF')), minLength: digits, maxLength: digits });

const anyParent: fc.Arbitrary<SpanContext | undefined> = fc.option(
  fc.record({
    traceId: fc.oneof(hex(32), fc.constant('0'.repeat(32)), fc.constant('short')),
    spanId: fc.oneof(hex(16), fc.constant('')),
    traceFlags: fc.constantFrom(0, 1, 2, 3),
    isRemote: fc.boolean(),
  }),
  { nil: undefined },
);

const ratios = [0, 1, 0.5, 0.25, 1e-9, 0.9999999, -1, 7, Number.NaN];

const pairs: [ours: QuickSampler, theirs: Sampler][] = [
  [new QuickSampler(alwaysOn, false), new AlwaysOnSampler()],
  [new QuickSampler(alwaysOff, false), new AlwaysOffSampler()],
  [new QuickSampler(alwaysOn, true), new ParentBasedSampler({ root: new AlwaysOnSampler() })],
  [new QuickSampler(alwaysOff, true), new ParentBasedSampler({ root: new AlwaysOffSampler() })],
  ...ratios.flatMap((ratio): [QuickSampler, Sampler][] => [
    [new QuickSampler(traceIdRatio(ratio), false), new TraceIdRatioBasedSampler(ratio)],
    [
      new QuickSampler(traceIdRatio(ratio), true),
      new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    ],
  ]),
];

for (const [ours, theirs] of pairs) {
  test(`${theirs.toString()}: the same decision as the SDK’s, for every parent and trace`, () => {
    assert.equal(ours.toString(), theirs.toString());
    fc.assert(
      fc.property(anyParent, fc.oneof(hex(32), fc.constant('no id')), (parent, traceId) => {
        const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
        const expected = theirs.shouldSample(context, traceId, 'name', SpanKind.SERVER, {}, []);
        assert.deepEqual(ours.shouldSample(context, traceId), expected);
        const isValid = parent !== undefined && trace.isSpanContextValid(parent);
        assert.equal(
          ours.decide(isValid ? parent : undefined, traceId),
          expected.decision === SamplingDecision.RECORD_AND_SAMPLED,
        );
      }),
    );
  });
}
