import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';

interface CopyButtonProps {
  readonly text: string | (() => string);
  /** What is copied, for whoever does not see the icon. */
  readonly label: string;
  /** Shown beside the icon. */
  readonly caption?: string;
}

export function CopyButton({ text, label, caption }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 1500);
    return () => clearTimeout(timer);
  }, [state]);

  async function copy(event: Event): Promise<void> {
    event.stopPropagation();
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : text());
      setState('copied');
    } catch {
      setState('failed');
    }
  }

  const said = state === 'copied' ? 'Copied' : state === 'failed' ? 'Could not copy' : label;
  return (
    <button type="button" class="ghost copy" title={said} aria-label={said} onClick={copy}>
      <Icon name={state === 'copied' ? 'check' : state === 'failed' ? 'close' : 'copy'} />
      {caption !== undefined && <span>{state === 'copied' ? 'Copied' : caption}</span>}
    </button>
  );
}
