import { useEffect, useState } from 'preact/hooks';
import type { Statistics } from '../../page-protocol.ts';
import { getJson, isConnected, refreshInfo } from '../api.ts';
import { parameters, setParameters } from '../router.ts';

const PAUSE_MS = 2000;

export const windows = { '5m': '5 minutes', '1h': 'hour', '1d': 'day', all: 'all that is kept' } as const;
export type Window = keyof typeof windows;

const windowMs: Readonly<Record<Window, number>> = { '5m': 300_000, '1h': 3_600_000, '1d': 86_400_000, all: Infinity };

export function currentWindow(): Window {
  const name = parameters.value.get('last') ?? '';
  return Object.hasOwn(windows, name) ? (name as Window) : 'all';
}

export function showWindow(name: string): void {
  setParameters({ last: name === 'all' ? undefined : name });
}

/** Statistics of the traces that began within the window, every two seconds while the tab is in sight. */
export function useStatistics(name: Window): Statistics | undefined {
  const [statistics, setStatistics] = useState<Statistics | undefined>(undefined);
  useEffect(() => {
    const aborted = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function load(): Promise<void> {
      if (!document.hidden) {
        const start = windowMs[name] === Infinity ? '' : `?start=${Math.floor((Date.now() - windowMs[name]) * 1000)}`;
        try {
          setStatistics(await getJson<Statistics>(`/viewer/statistics${start}`, aborted.signal));
          isConnected.value = true;
          void refreshInfo();
        } catch {
          isConnected.value = false;
        }
      }
      if (!aborted.signal.aborted) timer = setTimeout(() => void load(), PAUSE_MS);
    }
    void load();
    return () => {
      clearTimeout(timer);
      aborted.abort();
    };
  }, [name]);
  return statistics;
}
