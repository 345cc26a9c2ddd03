import { useEffect, useState } from 'preact/hooks';
import { getJson, listen } from '../api.ts';
import { buildTrace } from './build-trace.ts';
import type { JaegerTrace, Trace } from './trace.ts';

export type Loaded =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: Error }
  | { readonly state: 'loaded'; readonly trace: Trace };

/** A trace as it is now, and anew whenever it has other spans: they may still be arriving. */
export function useTrace(id: string): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ state: 'loading' });
  useEffect(() => {
    const aborted = new AbortController();
    async function load(): Promise<void> {
      try {
        const answer = await getJson<{ data: [JaegerTrace] }>(`/api/traces/${id}`, aborted.signal);
        setLoaded({ state: 'loaded', trace: buildTrace(answer.data[0]) });
      } catch (error) {
        if (!aborted.signal.aborted) setLoaded({ state: 'failed', error: error as Error });
      }
    }
    void load();
    const stop = listen(`/viewer/trace/${id}`, (on) => on('changed', () => void load()));
    return () => {
      aborted.abort();
      stop();
    };
  }, [id]);
  return loaded;
}
