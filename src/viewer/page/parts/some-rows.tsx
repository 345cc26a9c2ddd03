import { useState } from 'preact/hooks';
import { formatCount } from '../format.ts';

const FIRST = 300;
const MORE = 2000;

/**
 * The first of many rows of a table, and a button for more: ten thousand at once would take seconds to draw.
 *
 * @returns the rows to draw, and what comes below the table
 */
export function useSomeRows<T>(rows: readonly T[]) {
  const [count, setCount] = useState(FIRST);
  const left = rows.length - count;
  return {
    some: left > 0 ? rows.slice(0, count) : rows,
    more: left > 0 && (
      <p class="more">
        {formatCount(count)} of {formatCount(rows.length)} rows{' '}
        <button type="button" onClick={() => setCount(count + MORE)}>
          Show {formatCount(Math.min(MORE, left))} more
        </button>
      </p>
    ),
  };
}
