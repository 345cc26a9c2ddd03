import { test } from 'node:test';
import { typeInto } from './interactive-shell.ts';

test('Tab completes commands, options, files, verbs and what stands behind -- in a real zsh', (t) =>
  typeInto(t, 'zsh'));
