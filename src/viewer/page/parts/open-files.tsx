import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { plural } from '../format.ts';
import { navigate } from '../router.ts';

/** What was said last of files that were opened. */
const notice = signal<string | undefined>(undefined);
const NOTICE_MS = 6000;

/** Hands files to the viewer, and goes to the trace where there is one. */
async function openFiles(files: Iterable<File>): Promise<void> {
  const traces = new Set<string>();
  const troubles: string[] = [];
  for (const file of files) {
    const response = await fetch('/viewer/open', { method: 'POST', body: await packed(file), headers: encoding }).catch(
      () => undefined,
    );
    if (!response?.ok) {
      troubles.push(`${file.name}: ${(await response?.text())?.trim() ?? 'the viewer does not answer'}`);
      continue;
    }
    for (const id of ((await response.json()) as { traces: string[] }).traces) traces.add(id);
  }
  const opened = traces.size > 0 ? [`Opened ${plural(traces.size, 'trace')}`] : [];
  const text = [...opened, ...troubles].join('. ');
  notice.value = text;
  setTimeout(() => {
    if (notice.value === text) notice.value = undefined;
  }, NOTICE_MS);
  const [only] = traces;
  if (only !== undefined) navigate(traces.size === 1 ? `/trace/${only}` : '/');
}

const encoding = { 'content-encoding': 'gzip', 'content-type': 'application/json' };

/** Saved traces repeat themselves; what is packed already is left as it is. */
async function packed(file: File): Promise<Blob> {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (head[0] === 0x1f && head[1] === 0x8b) return file;
  return new Response(file.stream().pipeThrough(new CompressionStream('gzip'))).blob();
}

/** Takes files that are dropped anywhere on the page, and says what became of them. */
export function DropFiles() {
  useEffect(() => {
    const allow = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const take = (event: DragEvent): void => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      void openFiles(files);
    };
    document.addEventListener('dragover', allow);
    document.addEventListener('drop', take);
    return () => {
      document.removeEventListener('dragover', allow);
      document.removeEventListener('drop', take);
    };
  }, []);
  return (
    <div class="notice" role="status">
      {notice.value}
    </div>
  );
}

export function OpenFilesButton() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="ghost" onClick={() => input.current?.click()}>
        Open a file
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept=".json,.jsonl,.ndjson,.gz,.spool"
        onChange={(event) => {
          void openFiles(event.currentTarget.files ?? []);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
