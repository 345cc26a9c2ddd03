import type { Attributes, MeterProvider } from '@opentelemetry/api';

export interface Recorded {
  readonly value: number;
  readonly attributes: Attributes;
}

/** A provider of meters that writes down what is recorded, by the histogram's name. */
export function recordingMeters(): { meters: MeterProvider; recorded: Map<string, Recorded[]>; advice: unknown[] } {
  const recorded = new Map<string, Recorded[]>();
  const advice: unknown[] = [];
  const meters = {
    getMeter: () => ({
      createHistogram(name: string, options: unknown) {
        const list: Recorded[] = [];
        recorded.set(name, list);
        advice.push(options);
        return {
          record: (value: number, attributes: Attributes) => {
            const known = Object.entries(attributes).filter(([, one]) => one !== undefined);
            list.push({ value, attributes: Object.fromEntries(known) });
          },
        };
      },
    }),
  } as unknown as MeterProvider;
  return { meters, recorded, advice };
}
