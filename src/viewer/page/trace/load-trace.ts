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
    let isLoading = false;
    let isStale = false;
    async function load(): Promise<void> {
      // one after another: an older answer must not come last
      isStale = isLoading;
      if (isLoading) return;
      isLoading = true;
      try {
        const answer = await getJson<{ data: [JaegerTrace] }>(`/api/traces/${id}`, aborted.signal);
        setLoaded({ state: 'loaded', trace: buildTrace(answer.data[0]) });
      } catch (error) {
        if (!aborted.signal.aborted) setLoaded({ state: 'failed', error: error as Error });
      }
      isLoading = false;
      if (isStale && !aborted.signal.aborted) void load();
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
