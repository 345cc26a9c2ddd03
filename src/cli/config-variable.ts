import { resolve } from 'node:path';
import { readTextFile } from '../config/files.ts';
import { isDeclarative } from '../config/load.ts';
import { parseYaml } from '../config/yaml.ts';

/** By which variable a program is told of a YAML file: a declarative one is known by its `file_format`. */
export function configVariable(cwd: string, file: string): 'OTEL_CONFIG_FILE' | 'TRACING_CONFIG' {
  const found = readTextFile(cwd, file);
  const parsed = found.status === 'read' ? parseYaml(found.content) : undefined;
  return parsed?.status === 'parsed' && isDeclarative(parsed.root) ? 'OTEL_CONFIG_FILE' : 'TRACING_CONFIG';
}

/** An environment in which the file counts, and no declarative one besides, which would go in its place. */
export function withConfig(env: NodeJS.ProcessEnv, cwd: string, file: string): NodeJS.ProcessEnv {
  const { OTEL_CONFIG_FILE: _, OTEL_EXPERIMENTAL_CONFIG_FILE: __, ...others } = env;
  return { ...others, [configVariable(cwd, file)]: resolve(cwd, file) };
}
