import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSampler } from '../../src/sdk/sampler.ts';

const expected = {
  always_on: 'AlwaysOnSampler',
  always_off: 'AlwaysOffSampler',
  traceidratio: 'TraceIdRatioBased{0.25}',
  parentbased_always_on: /^ParentBased\{root=AlwaysOnSampler, /,
  parentbased_always_off: /^ParentBased\{root=AlwaysOffSampler, /,
  parentbased_traceidratio: /^ParentBased\{root=TraceIdRatioBased\{0\.25\}, /,
} as const;

for (const [name, description] of Object.entries(expected)) {
  test(`${name} is the sampler of that name`, () => {
    const sampler = createSampler(
      { tracesSampler: name as keyof typeof expected, tracesSamplerArg: 0.25, samplerTree: undefined },
      () => assert.fail('loaded without need'),
    );
    if (typeof description === 'string') assert.equal(sampler.toString(), description);
    else assert.match(sampler.toString(), description);
  });
}
