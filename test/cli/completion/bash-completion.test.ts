import { test } from 'node:test';
import { typeInto } from './interactive-shell.ts';

test('Tab completes commands, options, files, verbs and what stands behind -- in a real bash', (t) =>
  typeInto(t, 'bash'));
