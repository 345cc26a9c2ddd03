import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand, UsageError } from '../../src/cli/command.ts';
import { demoCommand } from '../../src/cli/demo-command.ts';

test('a command line that makes no sense starts nothing', async () => {
  for (const [args, pattern] of [
    [['--live', '--once'], /^--live or --once, not both$/],
    [['--port', '99999'], /^--port is a port, 0 to 65535, got 99999$/],
  ] as const) {
    await assert.rejects(
      async () => demoCommand.run(parseCommand(demoCommand, args)),
      (error) => error instanceof UsageError && pattern.test(error.message),
    );
  }
});
