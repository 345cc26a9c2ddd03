import type { ComponentChildren } from 'preact';

export interface Sorting<K extends string> {
  readonly key: K;
  readonly isDescending: boolean;
}

interface SortHeaderProps<K extends string> {
  readonly name: K;
  readonly sorting: Sorting<K>;
  readonly onSort: (sorting: Sorting<K>) => void;
  readonly isText?: boolean;
  readonly children: ComponentChildren;
}

/** A head of a column that sorts by it; numbers begin with the largest, text with A. */
export function SortHeader<K extends string>({ name, sorting, onSort, isText = false, children }: SortHeaderProps<K>) {
  const isCurrent = sorting.key === name;
  const direction = sorting.isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" class={isText ? 'text' : ''} aria-sort={isCurrent ? direction : 'none'}>
      <button
        type="button"
        onClick={() => onSort({ key: name, isDescending: isCurrent ? !sorting.isDescending : !isText })}
      >
        {children}
        <span aria-hidden="true" class="arrow">
          {isCurrent ? (sorting.isDescending ? '↓' : '↑') : ''}
        </span>
      </button>
    </th>
  );
}

/** A copy in the order that is asked for. */
export function sorted<T, K extends string>(
  rows: readonly T[],
  { key, isDescending }: Sorting<K>,
  value: (row: T, key: K) => string | number,
): T[] {
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a, key), value(b, key)];
    return sign * (x < y ? -1 : x > y ? 1 : 0);
  });
}
