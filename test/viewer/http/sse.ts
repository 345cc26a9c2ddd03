import { get } from 'node:http';
import type { Cleanup } from '../../support/cleanup.ts';
import { setTimeout as delay } from 'node:timers/promises';

export interface Heard {
  readonly event: string;
  readonly data: unknown;
}

/** Listens to a stream of the viewer. */
export function hear(
  t: Cleanup,
  url: string,
): {
  readonly events: Heard[];
  readonly until: (met: (events: Heard[]) => boolean) => Promise<void>;
  readonly stop: () => void;
} {
  const events: Heard[] = [];
  let waiting = '';
  const asked = get(url, { agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (part: string) => {
      const whole = (waiting + part).split('\n\n');
      waiting = whole.pop() ?? '';
      for (const one of whole) {
        const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/s.exec(one) ?? [];
        if (event) events.push({ event, data: JSON.parse(data) });
      }
    });
  });
  asked.on('error', () => {});
  t.after(() => void asked.destroy());
  return {
    events,
    stop: () => void asked.destroy(),
    async until(met) {
      const deadlineMs = performance.now() + 5000;
      while (!met(events)) {
        if (performance.now() > deadlineMs) throw new Error(`heard only ${JSON.stringify(events).slice(0, 1000)}`);
        await delay(5);
      }
    },
  };
}
