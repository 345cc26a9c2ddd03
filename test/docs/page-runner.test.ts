import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tempDir } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { PageRunner } from './page-runner.ts';
import { parseSnippets } from './snippet.ts';

/** Pages of one heading that are not true, without the package: nothing in them needs it. */
const untrue = {
  'a kind that nobody knows': ['```cobol\nSTOP RUN.\n```', /nobody knows how to try cobol/],
  'a snippet without a language': ['```\nx\n```', /nobody knows how to try a snippet without a language/],
  'a command that ends with 3': ['```sh\nexit 3\n```', /ended with 3/],
  'a command that should end with 3 and ends with 0': ['<!-- snippet: code 3 -->\n```sh\ntrue\n```', /ended with 0/],
  'a span that does not arrive': ['<!-- snippet: spans a -->\n```sh\ntrue\n```', /within 5000 ms/],
  'output that was not printed': ['```sh\necho 1 b\n```\n```text\n2 b\n3 c\n```', /not printed: 3 c/],
  'a file that no command uses': ['<!-- snippet: file a.js -->\n```js\n1;\n```', /after these files were shown/],
  'a file that is no JavaScript': ['<!-- snippet: file a.js -->\n```js\n(\n```\n```sh\ntrue\n```', /SyntaxError/],
  'a value that the configuration refuses': ['```yaml\nspool:\n  max_bytes: many\n```', /spool\.max_bytes/],
  'YAML without an option of ours': ['```yaml\nlanguage: de\n```', /no option of ours/],
  'a manifest with a slip': ['```yaml\nservices: { a: { environment: { TRACING_ULR: x } } }\n```', /TRACING_URL\?/],
  'a .env with a slip': ['```dotenv\nTRACING_ULR=x\n```', /TRACING_URL\?/],
  'a script that package.json has not': ['<!-- snippet: skip x -->\n```sh\nnpm run x\n```', /no such script/],
  'a command that otel-preload has not': ['<!-- snippet: skip x -->\n```sh\nnpx otel-preload x\n```', /no command x/],
  'a place that is not there': ['<!-- snippet: skip x -->\n```text\nsrc/x.ts\n```', /src\/x\.ts is not there/],
  'Go that is none': ['```go\nfunc (\n```', /expected/],
} as const;

for (const [what, [markdown, message]] of Object.entries(untrue)) {
  test(`${what} fails the page`, async (t) => {
    const runner = new PageRunner(tempDir(t), await startCollector(t));
    await assert.rejects(async () => {
      for (const snippet of parseSnippets(markdown)) await runner.try(t, snippet);
      runner.finish();
    }, message);
  });
}

test('numbers and ids of output do not count', async (t) => {
  const runner = new PageRunner(tempDir(t), await startCollector(t));
  const printed = '```sh\necho 0af7651916cd43dd8448eb211c80319c took 12.5 ms\n```\n';
  const shown = '```text\n11111111111111112222222222222222 took 8 ms\n```\n';
  for (const snippet of parseSnippets(printed + shown)) await runner.try(t, snippet);
});
