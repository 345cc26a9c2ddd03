import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSTRUMENTATION, quietForeignInstrumentations } from '../../src/instrument/foreign-instrumentations.ts';

const HTTP = '@opentelemetry/instrumentation-http';
const watcher = quietForeignInstrumentations(new Set([HTTP]));

/** As the package has it: enabled by its constructor where the configuration says so, or later. */
class InstrumentationBase {
  enabled = 0;
  readonly name: string;
  readonly config: { enabled?: boolean };
  constructor(name: string, _version: string, config: { enabled?: boolean } = {}) {
    this.name = name;
    this.config = config;
    if (config.enabled !== false) this.enable();
  }
  enable(): void {
    this.enabled++;
  }
}

/** Like undici's: it subscribes in an enable() of its own. */
function subclass(Base: typeof InstrumentationBase): typeof InstrumentationBase {
  return class extends Base {
    subscribed = false;
    override enable(): void {
      super.enable();
      this.subscribed = true;
    }
  };
}

function use(exports: object, name = HTTP): { instance: InstrumentationBase; shown: object } {
  const shown = watcher.onLoad(exports, INSTRUMENTATION, '/app') as { InstrumentationBase: typeof InstrumentationBase };
  const instance = new (subclass(shown.InstrumentationBase))(name, '1', {});
  instance.enable();
  return { instance, shown };
}

test('an instrumentation of a scope that is in use stays off, also when it is enabled later', () => {
  const { instance } = use({ InstrumentationBase });
  assert.deepEqual([instance.enabled, 'subscribed' in instance && instance.subscribed], [0, false]);
  assert.deepEqual([instance.name, instance.config], [HTTP, { enabled: false }]);
  assert.ok(instance instanceof InstrumentationBase);
});

test('another one works as it is', () => {
  const { instance } = use({ InstrumentationBase }, '@acme/instrumentation-own');
  assert.deepEqual([instance.enabled, instance.config], [2, {}]);
});

test('exports that are getters are given as a copy, which has all the others', () => {
  const exports = Object.defineProperties(
    {},
    {
      [Symbol.toStringTag]: { value: 'Module' },
      __esModule: { value: true },
      InstrumentationBase: { get: () => InstrumentationBase, enumerable: true },
      isWrapped: { get: () => 'the same', enumerable: true },
    },
  );
  const { instance, shown } = use(exports);
  assert.equal(instance.enabled, 0);
  assert.notEqual(shown, exports);
  assert.deepEqual(Reflect.ownKeys(shown), Reflect.ownKeys(exports));
  assert.deepEqual(Object.keys(shown), Object.keys(exports));
  assert.equal((shown as { isWrapped: string }).isWrapped, 'the same');
});

test('exports that can be written are written, so that everybody who has them sees it', () => {
  const exports = { InstrumentationBase, other: 1 };
  assert.equal(use(exports).shown, exports);
  assert.notEqual(exports.InstrumentationBase, InstrumentationBase);
});

test('files inside the package, and a package without the class, are left alone', () => {
  const exports = { InstrumentationBase };
  assert.equal(watcher.onLoad(exports, `${INSTRUMENTATION}/dist/index.cjs`, '/app'), exports);
  assert.equal(exports.InstrumentationBase, InstrumentationBase);
  const empty = {};
  assert.equal(watcher.onLoad(empty, INSTRUMENTATION, '/app'), empty);
});
