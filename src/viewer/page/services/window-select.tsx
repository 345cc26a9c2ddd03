import { currentWindow, showWindow, windows } from './use-statistics.ts';

/** Of which time the numbers are. */
export function WindowSelect() {
  return (
    <label class="window">
      Last{' '}
      <select value={currentWindow()} onChange={(event) => showWindow(event.currentTarget.value)}>
        {Object.entries(windows).map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
