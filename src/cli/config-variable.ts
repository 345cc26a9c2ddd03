import { readTextFile } from '../config/files.ts';
import { isDeclarative } from '../config/load.ts';
import { parseYaml } from '../config/yaml.ts';

/** By which variable a program is told of a YAML file: a declarative one is known by its `file_format`. */
export function configVariable(cwd: string, file: string): 'OTEL_CONFIG_FILE' | 'TRACING_CONFIG' {
  const found = readTextFile(cwd, file);
  const parsed = found.status === 'read' ? parseYaml(found.content) : undefined;
  return parsed?.status === 'parsed' && isDeclarative(parsed.root) ? 'OTEL_CONFIG_FILE' : 'TRACING_CONFIG';
}
