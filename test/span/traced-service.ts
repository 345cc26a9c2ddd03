// Node.js does not run decorators yet: traced.test.ts runs this by tsx, which prints what was recorded
import assert from 'node:assert/strict';
import { context, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { setAttributes, startSpan, traced, tracer } from '../../src/index.ts';

const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));

const users = tracer('UserSrvServer');

class UserService {
  readonly #names = new Map([[7, 'Grace']]);

  @traced
  plain(id: number): string | undefined {
    return this.#names.get(id);
  }

  @traced()
  called(id: number): string | undefined {
    return this.#names.get(id);
  }

  @users.traced('GetUserInfo')
  async info(id: number, _fields?: readonly string[]): Promise<string | undefined> {
    setAttributes({ 'user.id': id });
    return this.#lookUp(id);
  }

  @users.traced({ name: 'lookUp', kind: SpanKind.CLIENT })
  #lookUp(id: number): string | undefined {
    using span = users.startSpan('query', { attributes: { 'db.system.name': 'memory' } });
    span.addEvent('looked');
    return this.#names.get(id);
  }

  @traced
  static create(this: typeof UserService): UserService {
    return new this();
  }

  @traced
  *ids(): Generator<number, void, undefined> {
    yield* this.#names.keys();
  }

  @traced
  async *all(): AsyncGenerator<string, void, undefined> {
    for (const name of this.#names.values()) yield name;
  }

  @traced
  fails(): never {
    throw new RangeError('too far');
  }
}

const service = UserService.create();
assert.equal(service.plain(7), 'Grace');
assert.equal(service.called(7), 'Grace');
assert.equal(await service.info(7), 'Grace');
assert.deepEqual([...service.ids()], [7]);
for await (const name of service.all()) assert.equal(name, 'Grace');
assert.throws(() => service.fails(), RangeError);
assert.equal(service.info.name, 'info');
assert.equal(service.info.length, 2);
{
  using _span = startSpan('scoped');
}

for (const span of exporter.getFinishedSpans()) {
  console.log(`${span.instrumentationScope.name} ${span.name} ${SpanKind[span.kind]} ${span.events.length}`);
}
