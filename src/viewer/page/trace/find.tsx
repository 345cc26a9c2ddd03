import { Icon } from '../parts/icons.tsx';
import { setParameters } from '../router.ts';
import type { TraceSpan } from './trace.ts';

interface FindProps {
  readonly query: string;
  readonly found: readonly TraceSpan[];
  readonly selected: TraceSpan | undefined;
  readonly onStep: (by: 1 | -1) => void;
}

/** Finds spans of the trace by words in whatever they have. */
export function Find({ query, found, selected, onStep }: FindProps) {
  const place = selected ? found.indexOf(selected) + 1 : 0;
  const isNothing = found.length === 0;
  return (
    <span class="find" role="search">
      <label class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Find in the trace"
          placeholder="Find in the trace"
          spellcheck={false}
          autocomplete="off"
          data-focus-key="/"
          value={query}
          onInput={(event) => setParameters({ find: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !isNothing) onStep(event.shiftKey ? -1 : 1);
          }}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      {query !== '' && (
        <>
          <output class="muted" aria-live="polite">
            {isNothing ? 'nothing' : `${place || '–'} of ${found.length}`}
          </output>
          <button type="button" class="ghost" aria-label="Previous" disabled={isNothing} onClick={() => onStep(-1)}>
            <Icon name="up" />
          </button>
          <button type="button" class="ghost" aria-label="Next" disabled={isNothing} onClick={() => onStep(1)}>
            <Icon name="down" />
          </button>
        </>
      )}
    </span>
  );
}
