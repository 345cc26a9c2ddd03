const MIN_MAJOR = 20;
const MIN_MINOR = 16;
/** 21 and 22.0 to 22.2 are newer than 20.16 and do not have `process.getBuiltinModule`. */
const LACKING_MAJOR = 22;
const HAS_IT_MINOR = 3;

/**
 * Why a version of Node.js cannot be traced.
 *
 * @param version such as `24.21.0`
 * @returns undefined where it can
 */
export function nodeTrouble(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < MIN_MAJOR || (major === MIN_MAJOR && minor < MIN_MINOR)) {
    return `Node.js ${version} is older than ${MIN_MAJOR}.${MIN_MINOR}`;
  }
  if ((major > MIN_MAJOR && major < LACKING_MAJOR) || (major === LACKING_MAJOR && minor < HAS_IT_MINOR)) {
    return `Node.js ${version} has no process.getBuiltinModule, as 22.3 has`;
  }
  return undefined;
}
