import { signal } from '@preact/signals';
import type { StreamEvents, ViewerInfo } from '../page-protocol.ts';

/** Whether the viewer answers: its streams say so. */
export const isConnected = signal(true);
export const info = signal<ViewerInfo | undefined>(undefined);

export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, signal ? { signal } : {});
  if (!response.ok) throw new ApiError(response.status, await errorOf(response));
  return (await response.json()) as T;
}

async function errorOf(response: Response): Promise<string> {
  const text = (await response.text()).trim();
  try {
    const { errors } = JSON.parse(text) as { errors: { msg: string }[] };
    return errors[0]?.msg ?? text;
  } catch {
    return text || `${response.status} ${response.statusText}`;
  }
}

export async function refreshInfo(): Promise<void> {
  info.value = await getJson<ViewerInfo>('/viewer/info').catch(() => info.value);
}

/**
 * Listens to a stream of the viewer while the tab is in sight: a browser has six connections to a server, and tabs in the
 * background would take them all.
 *
 * @param connect is called for each connection, as a lost one begins anew
 * @returns what ends it
 */
export function listen(
  path: string,
  connect: (on: <E extends keyof StreamEvents>(event: E, take: (data: StreamEvents[E]) => void) => void) => void,
): () => void {
  let source: EventSource | undefined;

  function open(): void {
    const made = new EventSource(path);
    source = made;
    connect((event, take) => {
      made.addEventListener(event, ({ data }) => take(JSON.parse(String(data)) as never));
    });
    made.addEventListener('open', () => {
      isConnected.value = true;
    });
    made.addEventListener('error', () => {
      isConnected.value = false;
      // what comes after a loss is all there is, so it must begin at nothing
      close();
      setTimeout(() => source === undefined && !isOver && open(), 1000);
    });
  }

  function close(): void {
    source?.close();
    source = undefined;
  }

  let isOver = false;
  function onVisibility(): void {
    if (document.hidden) close();
    else if (source === undefined) open();
  }

  document.addEventListener('visibilitychange', onVisibility);
  open();
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', onVisibility);
    close();
  };
}
