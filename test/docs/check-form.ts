import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, run } from '../support/run.ts';

const instructions = /^(?:ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|RUN|USER|VOLUME|WORKDIR)\b/;

/** A shell script that is not run: bash can read it, and what it calls of this project is there. */
export async function checkShell(script: string): Promise<void> {
  const { code, stderr } = await run({ node: 'bash', args: ['-n'], input: script });
  assert.equal(code, 0, stderr);
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  for (const [, name = ''] of script.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)) {
    assert.ok(Object.hasOwn(scripts, name), `npm run ${name}: package.json has no such script`);
  }
  for (const [, file = ''] of script.matchAll(/\b((?:scripts|bench|docker|examples)\/[\w./-]+)/g)) {
    assert.ok(existsSync(join(checkout, file)), `${file} is not there`);
  }
  for (const [, name = ''] of script.matchAll(/^(?:npx )?otel-preload ([a-z]+)\b/gm)) {
    const help = await run({ args: [join(checkout, 'dist/cli.js'), name, '--help'] });
    assert.equal(help.code, 0, `otel-preload ${name}: ${help.stderr}`);
  }
}

/** A text that nothing prints: the files of this project that it names are there. */
export function checkText(text: string): void {
  for (const [, file = ''] of text.matchAll(
    /(?<![\w./-])((?:src|test|bench|docs|scripts|docker|examples)\/[\w./-]*)/g,
  )) {
    assert.ok(existsSync(join(checkout, file)), `${file} is not there`);
  }
}

/** A Dockerfile that is not built: its instructions are known, and so are our files that it names. */
export function checkDockerfile(text: string): void {
  for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
    if (line.trim() !== '' && !line.startsWith('#')) assert.match(line, instructions);
    for (const [, file = ''] of line.matchAll(/\/opt\/otel-preload\/(\w+)/g)) {
      assert.ok(existsSync(join(checkout, file)) || existsSync(join(checkout, 'docker', file)), `${file} is not there`);
    }
  }
}

/** Go, whole or in parts: gofmt can read it. */
export async function checkGo(text: string): Promise<void> {
  const { code, stderr } = await run({ node: 'gofmt', args: ['-e'], input: text });
  assert.equal(code, 0, stderr);
}
