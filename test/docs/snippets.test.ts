import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCollector } from '../support/collector.ts';
import { checkout } from '../support/run.ts';
import { installPackage } from './installed.ts';
import { PageRunner } from './page-runner.ts';
import { parseSnippets } from './snippet.ts';

const pages = ['README.md', 'CONTRIBUTING.md', 'bench/README.md', ...globSync('docs/*.md', { cwd: checkout }).sort()];
const installed = await installPackage({ after: (end) => process.on('exit', () => void end()) });

for (const page of pages) {
  test(page, async (t) => {
    const collector = await startCollector(t);
    const runner = new PageRunner(installed, collector);
    for (const snippet of parseSnippets(readFileSync(join(checkout, page), 'utf8'))) {
      const { line, language, marks } = snippet;
      await t.test(`line ${line}: ${language}`, async (t) => {
        await runner.try(t, snippet);
        if (marks.skip !== undefined) t.skip(`only its form: ${marks.skip}`);
      });
    }
    runner.finish();
  });
}
