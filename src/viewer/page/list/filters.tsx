import { useEffect, useRef, useState } from 'preact/hooks';
import { getJson } from '../api.ts';
import { Icon } from '../parts/icons.tsx';
import { parameters, setParameters } from '../router.ts';

const TYPING_PAUSE_MS = 250;
/** What of the address is a filter of the list. */
export const FILTERS = ['service', 'operation', 'q', 'min', 'max', 'errors', 'start', 'end'] as const;

/** What is typed takes effect after a pause, or at once with Enter. */
function useTyped(name: 'q' | 'min' | 'max') {
  const current = parameters.value.get(name) ?? '';
  const [typed, setTyped] = useState(current);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setTyped(current), [current]);
  function apply(value: string): void {
    clearTimeout(timer.current);
    setParameters({ [name]: value.trim() });
  }
  return {
    value: typed,
    onInput(event: Event): void {
      const { value } = event.currentTarget as HTMLInputElement;
      setTyped(value);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => apply(value), TYPING_PAUSE_MS);
    },
    onKeyDown(event: KeyboardEvent): void {
      if (event.key === 'Enter') apply(typed);
    },
  };
}

/** Names that the viewer knows; asked for again when the list has changed much, and whenever a list is opened. */
function useNames(path: string | undefined, version: number): readonly string[] {
  const [names, setNames] = useState<readonly string[]>([]);
  useEffect(() => {
    setNames([]);
  }, [path]);
  useEffect(() => {
    if (path === undefined) return;
    const aborted = new AbortController();
    getJson<{ data: string[] }>(path, aborted.signal).then(
      ({ data }) => setNames(data),
      () => {},
    );
    return () => aborted.abort();
  }, [path, version]);
  return names;
}

interface SelectProps {
  readonly label: string;
  readonly all: string;
  readonly value: string;
  readonly names: readonly string[];
  readonly disabled?: boolean;
  readonly onChange: (value: string) => void;
}

function Select({ label, all, value, names, disabled = false, onChange }: SelectProps) {
  const shown = value !== '' && !names.includes(value) ? [value, ...names] : names;
  return (
    <select
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      <option value="">{all}</option>
      {shown.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** @param version changes whenever there may be new services */
export function Filters({ version }: { readonly version: number }) {
  const service = parameters.value.get('service') ?? '';
  const operation = parameters.value.get('operation') ?? '';
  const onlyErrors = parameters.value.get('errors') === '1';
  const services = useNames('/api/services', version);
  const path = service === '' ? undefined : `/api/services/${encodeURIComponent(service)}/operations`;
  const operations = useNames(path, version);
  const isFiltered = FILTERS.some((name) => parameters.value.has(name));

  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <Select
        label="Service"
        all="All services"
        value={service}
        names={services}
        onChange={(value) => setParameters({ service: value, operation: '' }, { replace: false })}
      />
      <Select
        label="Operation"
        all="All operations"
        value={operation}
        names={operations}
        disabled={service === ''}
        onChange={(value) => setParameters({ operation: value }, { replace: false })}
      />
      <label class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Search words or tags"
          placeholder="words, or tag=value"
          spellcheck={false}
          autocomplete="off"
          data-focus-key="/"
          {...useTyped('q')}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <span class="range">
        <input size={7} aria-label="Shortest duration" placeholder="min 10ms" {...useTyped('min')} />
        <span aria-hidden="true">–</span>
        <input size={7} aria-label="Longest duration" placeholder="max 1s" {...useTyped('max')} />
      </span>
      <button
        type="button"
        class="toggle"
        aria-pressed={onlyErrors}
        onClick={() => setParameters({ errors: onlyErrors ? '' : '1' }, { replace: false })}
      >
        <Icon name="error" /> Errors
      </button>
      {isFiltered && (
        <button type="button" class="ghost" onClick={clearFilters}>
          <Icon name="close" /> Clear
        </button>
      )}
    </form>
  );
}

function clearFilters(): void {
  setParameters(Object.fromEntries(FILTERS.map((name) => [name, ''])), { replace: false });
}
