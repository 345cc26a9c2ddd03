import * as declarative from '../config/declarative/load-declarative.ts';
import * as dotenv from '../config/dotenv.ts';
import type { Readers } from '../config/load.ts';
import * as suggest from '../config/suggest.ts';
import * as yaml from '../config/yaml.ts';

/** What reads configuration for a command: it is there to read, so nothing is put off. */
export const readers: Readers = {
  yaml: () => yaml,
  dotenv: () => dotenv,
  suggest: () => suggest,
  declarative: () => declarative,
};
