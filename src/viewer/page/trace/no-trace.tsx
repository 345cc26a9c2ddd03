import { ApiError } from '../api.ts';
import { Empty } from '../parts/empty.tsx';

/** Why a trace is not shown. */
export function NoTrace({ error }: { readonly error: Error }) {
  const isMissing = error instanceof ApiError && error.status === 404;
  return (
    <Empty title={isMissing ? 'This trace is not here' : 'The trace could not be loaded'}>
      <p>
        {isMissing ? 'It was never received, or went to make room for newer ones. ' : `${error.message}. `}
        <a href="/">All traces</a>
      </p>
    </Empty>
  );
}
