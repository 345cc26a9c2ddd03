import { info } from '../api.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Empty } from '../parts/empty.tsx';

const DEFAULT_OTLP = /:4318$/;

/** Nothing has come yet: the one command that changes that. */
export function FirstTrace() {
  const endpoint = info.value?.otlpUrl ?? '';
  const flag = 'node --import otel-preload/register app.js';
  // the preload sends to the default port by itself
  const command = DEFAULT_OTLP.test(endpoint) ? flag : `OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint} ${flag}`;
  return (
    <Empty title="Waiting for the first trace">
      <p>Start a Node.js service like this, and send it a request:</p>
      <p class="command">
        <code>{command}</code>
        <CopyButton text={command} label="Copy the command" />
      </p>
      <p class="muted">
        Anything else may send too: OTLP to <code>{endpoint}/v1/traces</code>, Jaeger Thrift to{' '}
        <code>{info.value?.thriftUrl}</code>. A saved trace (JSON) can be dropped on this page.
      </p>
    </Empty>
  );
}
