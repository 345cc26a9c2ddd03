import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { describeDropped, describeStats, dropReasons, Ledger } from '../../src/export/ledger.ts';
import type { DropReason } from '../../src/export/ledger.ts';

const reasons = Object.keys(dropReasons) as DropReason[];

test('ended = delivered + waiting + the sum of dropped, after any events', () => {
  const event = fc.oneof(
    fc.constant('ended' as const),
    fc.record({ delivered: fc.nat(5) }),
    fc.record({ reason: fc.constantFrom(...reasons), spans: fc.nat(5) }),
  );
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const ledger = new Ledger();
      for (const one of events) {
        if (one === 'ended') ledger.spanEnded();
        else if ('delivered' in one) ledger.delivered(one.delivered);
        else ledger.dropped(one.reason, one.spans);
      }
      const { ended, delivered, waiting, dropped } = ledger.stats();
      assert.equal(
        ended,
        Object.values(dropped).reduce((sum, spans) => sum + spans, delivered + waiting),
      );
    }),
  );
});

test('a reading does not change with what comes after it', () => {
  const ledger = new Ledger();
  const before = ledger.stats();
  ledger.dropped('refused', 3);
  assert.equal(before.dropped.refused, 0);
});

test('the lost are told by reason, with the last trouble that nothing has got over', () => {
  const ledger = new Ledger();
  assert.equal(describeDropped(ledger.stats()), undefined);
  ledger.failed('ECONNRESET');
  ledger.delivered(5);
  ledger.dropped('deadline', 3);
  assert.equal(describeDropped(ledger.stats()), '3 not sent before the process ended');
  ledger.failed('ECONNREFUSED');
  ledger.dropped('queueFull', 2);
  assert.equal(
    describeDropped(ledger.stats()),
    '2 no room while the collector did not take them, 3 not sent before the process ended; ECONNREFUSED',
  );
});

test('a reading says what there is of each, and the last trouble', () => {
  const ledger = new Ledger();
  assert.equal(describeStats(ledger.stats()), '0 ended');
  for (let span = 0; span < 10; span++) ledger.spanEnded();
  ledger.delivered(4);
  assert.equal(describeStats(ledger.stats()), '10 ended, 4 delivered, 6 waiting');
  ledger.spooled(2);
  ledger.replayed(1);
  ledger.setAside();
  ledger.dropped('queueFull', 3);
  ledger.failed('ECONNREFUSED');
  assert.equal(
    describeStats(ledger.stats()),
    '10 ended, 4 delivered, 2 on disk, 1 waiting, 1 delivered for others, 1 files set aside, ' +
      '3 no room while the collector did not take them; ECONNREFUSED',
  );
});

test('spans of another thread are ended ones', () => {
  const ledger = new Ledger();
  ledger.spansCame(5);
  ledger.dropped('thread', 2);
  const { ended, waiting } = ledger.stats();
  assert.deepEqual([ended, waiting], [5, 3]);
});
