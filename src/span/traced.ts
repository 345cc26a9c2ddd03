import type { Span } from '@opentelemetry/api';
import type { SpanOptions } from './span-options.ts';

/** {@link SpanOptions}, and the span's name; default: the method's. */
export interface TracedOptions extends SpanOptions {
  readonly name?: string | undefined;
}

type Method = (this: never, ...args: never[]) => unknown;
/** Not the whole context: its `access` names the class, which keeps a generic decorator from fitting. */
type MethodContext = Pick<ClassMethodDecoratorContext, 'kind' | 'name'>;

/**
 * Runs each call of a method inside a span, as `withSpan` does: `@traced`, `@traced('GetUserInfo')` or
 * `@traced({ name: 'GetUserInfo', kind: SpanKind.SERVER })`.
 *
 * For methods of every kind: async, static, private, generators. `this`, `name` and `length` stay. It is a standard
 * decorator (TypeScript ≥ 5.0 without `experimentalDecorators`, or a compiler such as esbuild); Node.js itself does not
 * run the syntax yet.
 *
 * @throws TypeError while the class is defined, where it does not stand at a method or the compiler makes decorators of
 *   the old kind
 * @see https://github.com/tc39/proposal-decorators
 */
export interface Traced {
  (nameOrOptions?: string | TracedOptions): <M extends Method>(method: M, context: MethodContext) => M;
  <M extends Method>(method: M, context: MethodContext): M;
}

type Run = <Result>(name: string, options: SpanOptions | undefined, fn: (span: Span) => Result) => Result;

export function createTraced(run: Run): Traced {
  function decorate(nameOrOptions: string | TracedOptions | undefined, method: Method, context: MethodContext): Method {
    if (typeof context !== 'object' || context === null || typeof context.kind !== 'string') {
      throw new TypeError('traced is a standard decorator: turn experimentalDecorators off, or use withSpan');
    }
    if (context.kind !== 'method') {
      throw new TypeError(`traced stands at methods only, not at the ${String(context.kind)} ${String(context.name)}`);
    }
    const options = typeof nameOrOptions === 'object' ? nameOrOptions : undefined;
    const name = (typeof nameOrOptions === 'string' ? nameOrOptions : options?.name) ?? textOf(context.name);

    function traced(this: never, ...args: never[]): unknown {
      return run(name, options, () => Reflect.apply(method, this, args));
    }
    for (const key of ['name', 'length'] as const) {
      Object.defineProperty(traced, key, { value: method[key], configurable: true });
    }
    return traced;
  }

  return ((...args: unknown[]) => {
    if (args.length > 1) return decorate(undefined, args[0] as never, args[1] as never);
    const nameOrOptions = args[0] as string | TracedOptions | undefined;
    return (method: never, context: never) => decorate(nameOrOptions, method, context);
  }) as Traced;
}

function textOf(name: string | symbol): string {
  return typeof name === 'symbol' ? (name.description ?? 'anonymous') : name;
}
