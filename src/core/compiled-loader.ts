import type { ScriptOptions } from 'node:vm';

/** The part of Node.js' class of CommonJS modules that is used; it is the class of every `module`. */
interface Modules {
  new (id: string): NodeJS.Module;
  readonly _cache: Record<string, NodeJS.Module | undefined>;
  createRequire(file: string): NodeJS.Require;
}

export interface CompiledLoaderOptions {
  readonly Modules: Modules;
  /** Says what is wrong with a file that cannot be read. */
  readonly require: NodeJS.Require;
  /** Node.js' own flags, from the command line and from `NODE_OPTIONS`. */
  readonly flags: readonly string[];
  /** Whether compiled forms are read and left; default true. */
  readonly usesCache?: boolean;
}

/** Gives what a CommonJS file exports, loaded at the first call. @param file absolute path */
export type LoadFile = (file: string) => unknown;

/** What Node.js puts around the text of a CommonJS module. */
const HEAD = '(function (exports, require, module, __filename, __dirname) { ';
const TAIL = '\n});';

/** Of more versions of Node.js and sets of flags than that the oldest files make room. */
const MAX_FILES = 200;

/**
 * Loads our own CommonJS files, in which there is no `import()`, as `require` does, but from what V8 made of them in an
 * earlier process: 10 ms less of a start.
 *
 * V8's compiled form lies in `cache/` beside the file, for each version of Node.js and each set of flags. It is there twice
 * in one file: V8 takes it as it comes and would end the process over a damaged one, and comparing the halves is the check
 * that costs nothing. Where there is none yet, this process leaves one as soon as its event loop turns. Where none can
 * be written, as in a read-only file system, one from the image's build serves; without any the file is compiled as ever.
 *
 * It is part of register.js, which old Node.js lines must be able to parse, and loads nothing before it is called.
 */
export function createCompiledLoader({ Modules, require, flags, usesCache = true }: CompiledLoaderOptions): LoadFile {
  // taken before an instrumentation could wrap them, or a test put fake ones in their place
  const { setImmediate } = globalThis;
  const getBuiltin = process.getBuiltinModule.bind(process);
  const {
    closeSync,
    fstatSync,
    mkdirSync,
    openSync,
    readdirSync,
    readFileSync,
    readSync,
    renameSync,
    statSync,
    unlinkSync,
    writeFileSync,
  } = getBuiltin('fs');
  const path = getBuiltin('path');
  const { Script } = getBuiltin('vm');
  const build = [process.version, process.platform, process.arch, hashOf(flags)].join('-');
  /** An app that empties `require.cache` would get a second start beside the first one's parts. */
  const loaded = new Map<string, NodeJS.Module>();

  function loadFile(file: string): unknown {
    const known = loaded.get(file) ?? Modules._cache[file];
    if (known !== undefined) return known.exports;
    const source = readWrapped(file);
    if (source === undefined) return require(file);
    const directory = path.dirname(file);
    const cache = path.join(directory, 'cache', `${path.basename(file)}-${build}`);
    const options: ScriptOptions = { filename: file, cachedData: usesCache ? readTwice(cache, file) : undefined };
    const script = new Script(source, options);
    // another build of the same version of Node.js rejects what the one before has made
    if (usesCache && (options.cachedData === undefined || script.cachedDataRejected)) {
      // by then what runs at the start has run, and V8 has compiled it
      setImmediate(() => writeTwice(cache, script.createCachedData()));
    }

    const module = new Modules(file);
    module.filename = file;
    Modules._cache[file] = module;
    loaded.set(file, module);
    const itsRequire = Modules.createRequire(file);
    const requireCompiled = (id: string): unknown => {
      if (id.startsWith('./')) return loadFile(path.join(directory, id));
      // past the hooks on `require`, ours among them
      return id.startsWith('node:') ? getBuiltin(id) : itsRequire(id);
    };
    try {
      const run = script.runInThisContext() as (...args: unknown[]) => void;
      run.call(module.exports, module.exports, Object.assign(requireCompiled, itsRequire), module, file, directory);
      module.loaded = true;
    } finally {
      if (!module.loaded) {
        delete Modules._cache[file];
        loaded.delete(file);
      }
    }
    return module.exports;
  }

  /**
   * A file of ours, which is ASCII, as a function's text. Put together outside of V8's heap: a text of this size twice in its
   * young generation is a garbage collection more, 1.5 ms of a start.
   */
  function readWrapped(file: string): string | undefined {
    let fd: number | undefined;
    try {
      fd = openSync(file, 'r');
      const { size } = fstatSync(fd);
      const text = Buffer.allocUnsafe(HEAD.length + size + TAIL.length);
      text.write(HEAD, 'latin1');
      const end = HEAD.length + size;
      for (let at = HEAD.length; at < end;) {
        const read = readSync(fd, text, at, end - at, null);
        if (read === 0) return undefined;
        at += read;
      }
      text.write(TAIL, end, 'latin1');
      return text.toString('latin1');
    } catch {
      return undefined;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  /** @returns undefined where there is none, it is damaged, or older than what it was made of */
  function readTwice(cache: string, file: string): Buffer | undefined {
    try {
      const both = readFileSync(cache);
      const half = both.subarray(0, both.length / 2);
      const isWhole = half.length > 0 && half.equals(both.subarray(half.length));
      return isWhole && statSync(cache).mtimeMs >= statSync(file).mtimeMs ? half : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whole or not at all: another process may read at any moment. */
  function writeTwice(cache: string, compiled: Buffer): void {
    const directory = path.dirname(cache);
    try {
      mkdirSync(directory, { recursive: true });
      const files = readdirSync(directory).map((name) => path.join(directory, name));
      if (files.length >= MAX_FILES) unlinkSync(oldest(files));
      const own = `${cache}.${process.pid}.${process.hrtime()[1]}`;
      writeFileSync(own, Buffer.concat([compiled, compiled]));
      renameSync(own, cache);
    } catch {
      // a file system that is not ours to write
    }
  }

  function oldest(files: readonly string[]): string {
    const ages = files.map((file) => ({ file, madeMs: statSync(file).mtimeMs }));
    return ages.reduce((one, other) => (other.madeMs < one.madeMs ? other : one)).file;
  }

  return loadFile;
}

/** Flags of V8 make another compiled form; those of Node.js do not, but which are whose is not known here. */
function hashOf(flags: readonly string[]): string {
  let hash = 0;
  for (const flag of flags) {
    if (!/^--(?!import|require|env-file)/.test(flag)) continue;
    for (let at = 0; at < flag.length; at++) hash = (Math.imul(hash, 31) + flag.charCodeAt(at)) | 0;
  }
  return (hash >>> 0).toString(36);
}
