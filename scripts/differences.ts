/**
 * Where our own instrumentations differ from OpenTelemetry's, each with its reason. docs/differences.md is written from
 * this list, and the differential tests hold both to it: what differs is in here, and what is in here differs.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Difference {
  /** One sentence or two; what ours does. */
  readonly what: string;
  readonly why: string;
  /** Names of cases of the traffic program in test/e2e/programs. */
  readonly cases: readonly string[];
  /** Each line that is only on one side, `-` the official one and `+` ours, is like one of these. */
  readonly lines: readonly RegExp[];
}

const NEW_SERVER_SPAN = [/^\+ /];

export const httpDifferences: readonly Difference[] = [
  {
    what: 'Requests that never reach a `request` listener have a server span too: those that Node.js answers by itself (400, 417, 503), and those that a `checkContinue` or `checkExpectation` listener answers.',
    why: 'They are requests that a client has sent and got an answer to. Node.js publishes them like all others; the official instrumentation only sees what is emitted as `request`.',
    cases: [
      'server: Expect: 100-continue with a listener that answers',
      'server: an expectation that Node.js refuses',
      'server: no host, which Node.js refuses',
      'server: one request more than the connection may have',
    ],
    lines: NEW_SERVER_SPAN,
  },
  {
    what: 'A query that begins with a question mark keeps it, encoded like all others.',
    why: 'It is part of the query; in client spans it is there with both.',
    cases: ['server: target /a??x=1'],
    lines: [/^- {3}url\.query "x=1"$/, /^\+ {3}url\.query "%3Fx=1"$/],
  },
  {
    what: 'A request that one server of the process hands on to another by `emit` has one server span.',
    why: 'It came in once.',
    cases: ['server: a request handed on to another server'],
    lines: [/^- {1,3}(?:server|client|http|network|url)\b/],
  },
  {
    what: '`user_agent.original` of a client span is there however the app spells the header.',
    why: 'The official one finds `user-agent` only, and most programs write `User-Agent`.',
    cases: ['client: http.request with header User-Agent', 'client: http.get with header User-Agent'],
    lines: [/^\+ {3}user_agent\.original /],
  },
  {
    what: 'An IPv6 address that is given without brackets has them in `url.full`, and its port.',
    why: 'A URL needs them.',
    cases: [
      'client: http.request with a URL with IPv6',
      'client: http.get with a URL with IPv6',
      'client: http.request with a hostname by IPv6',
      'client: http.get with a hostname by IPv6',
    ],
    lines: [/^- {3}url\.full "http:\/\/::1\/a"$/, /^\+ {3}url\.full "http:\/\/\[::1\]:<http>\/a"$/],
  },
  {
    what: "The app's options are handed to Node.js as they are: a list of headers stays one, and getters and inherited options count.",
    why: 'The official one hands on a copy made by `Object.assign`, so that such a request goes out with other headers, or to port 80.',
    cases: [
      'client: a list of headers',
      'client: a list of pairs of headers',
      'client: http.request with a class of options',
      'client: http.get with a class of options',
    ],
    lines: [/^[-+](?: {3}>)* {3}(?:server\.(?:address|port)|url\.full|http\.request\.header\.x-captured) /],
  },
  {
    what: 'A request that Node.js refuses to make has `error.type` `_OTHER` and no `exception` event; where its URL cannot be parsed, it has no span.',
    why: 'Whoever looks at an error and throws it again has Node.js print his own line instead of the one that threw it. The app gets the error; no request was made.',
    cases: [
      'client: refused for a string that is no URL',
      'client: refused for a path with a space',
      'client: refused for a protocol that is another',
      'client: refused for a method that is none',
      'client: refused for a header that is none',
      'client: refused for a header that has no value',
      'client: refused for a host that is no text',
      'client: refused for an agent that is none',
      'client: refused for https',
    ],
    lines: [
      /^- .*(?:client GET|status ERROR .+|error\.type "TypeError"|http\.request\.method |server\.|url\.full |event exception|exception\.)/,
      /^\+ {3}(?:status ERROR $|error\.type "_OTHER"$)/,
    ],
  },
  {
    what: 'A method that is no text is refused by Node.js.',
    why: 'The official one throws an error of its own before that.',
    cases: ['client: refused for a method that is no text'],
    lines: [/^- internal TypeError undefined$/, /^\+ internal TypeError ERR_INVALID_ARG_TYPE$/],
  },
  {
    what: 'The span of a request that is ended by `abort()` ends.',
    why: 'That of the official one stays open where no error comes.',
    cases: ['client: abort at once'],
    lines: [/^- {3}otel_preload\.unfinished true$/],
  },
  {
    what: 'There are no listeners of ours on requests and responses.',
    why: '`listenerCount` and `listeners` give what they give untraced, and no warning about too many of them is due to us.',
    cases: ['client: a listener of the request is removed'],
    lines: [/^- internal 1$/, /^\+ internal 0$/],
  },
];

const UNFINISHED = /^- .*otel_preload\.unfinished true$/;

export const grpcDifferences: readonly Difference[] = [
  {
    what: 'The server span of a call whose handler throws ends, with the error and status code 2 (UNKNOWN).',
    why: 'That is what gRPC answers. The span of the official one stays open.',
    cases: [
      'unary: the handler throws',
      'client stream: the handler throws',
      'server stream: the handler throws',
      'bidi: the handler throws',
    ],
    lines: [UNFINISHED, /^\+ .*(?:status ERROR (?:thrown)?|grpc\.error_\w+ ".+"|rpc\.grpc\.status_code 2)$/],
  },
  {
    what: 'The server span of a call that the client cancels, or that is too late, ends by that with status code 1 or 4, if the answer is a stream, or if the handler lets go of the call without an answer.',
    why: 'Nothing else comes. A handler that answers after all ends the span as with the official one, whose span otherwise stays open.',
    cases: [
      'unary: the handler rejects',
      'unary: cancelled, and the server never answers',
      'server stream: cancelled by the client',
      'server stream: deadline',
      'server stream: the client stops reading',
      'bidi: cancelled by the client',
      'bidi: deadline',
    ],
    lines: [UNFINISHED, /^\+ .*(?:status ERROR (?:Cancelled|Deadline exceeded)|rpc\.grpc\.status_code [14])$/],
  },
  {
    what: 'The span of a stream that a client destroys without cancelling the call ends with status code 1 (CANCELLED).',
    why: 'gRPC keeps the status of such a stream back until the call is cancelled or the connection is gone.',
    cases: ['server stream: the client destroys it'],
    lines: [/^- .*(?:status ERROR 1 CANCELLED: .+|grpc\.error_\w+ ".+")$/, /^\+ .*status ERROR Cancelled$/],
  },
  {
    what: 'The span of a call that gRPC or an interceptor throws at ends as failed; a call with wrong arguments has none.',
    why: 'The app gets the error, and no call was made. The span of the official one stays open.',
    cases: [
      'unary: the client is closed',
      'unary: wrong arguments',
      'interceptor: throws',
      'bidi: the client is closed',
    ],
    lines: [UNFINISHED, /^\+ {3}status ERROR $/, /^- (?:client grpc\.| {2}(?:rpc|server)\.)/],
  },
  {
    what: "The app's metadata object stays as it is: the trace is sent with a copy.",
    why: 'Many calls may share one object. Where an interceptor waits before it sends, the official one gives all of them the parent of the last.',
    cases: [
      'unary: the metadata object stays as it was',
      'unary: the metadata object is used by two calls at once and sent later',
    ],
    lines: [/^[-+] .*(?:comes to \{"x-user"|> {3}> (?:server grpc\.| {2}rpc\.))/],
  },
  {
    what: 'The trailers that a handler answers with are sent.',
    why: 'The official one hands on error and value only.',
    cases: ['unary: trailers', 'unary: trailers with an error'],
    lines: [/^[-+] internal comes to /],
  },
  {
    what: 'Whatever optional arguments gRPC takes for a request, it gets with the trace.',
    why: 'The official one puts metadata in a wrong place, so that gRPC refuses the call or sends no trace, or makes of options what gRPC refuses.',
    cases: [
      'unary: with options that have no prototype',
      'direct: makeClientStreamRequest with a callback only',
      'direct: makeClientStreamRequest with options',
    ],
    lines: [UNFINISHED, /^[-+] .*(?:comes to |server grpc\.|rpc\.|> internal in )/],
  },
  {
    what: 'A callback is called within the span of its call if the class of the client is made of a definition, and in the context of its caller if not.',
    why: 'The official one looks at the method: it makes a difference where `makeUnaryRequest` or `makeClientStreamRequest` of a client with a definition is called.',
    cases: [
      'unary: a path that the server does not know',
      'unary: an answer that cannot be parsed',
      'service: a method registered by its path',
    ],
    lines: [/^- internal in callback$/, /^\+ {3}> internal in callback$/],
  },
  {
    what: '`server.address` and `server.port` are there if the target ends with a host, IPv6 included, and a port.',
    why: 'The official one makes `NaN` of a missing port, and `dns`, port 127, of `dns:127.0.0.1`.',
    cases: ['target: ipv6', 'target: a host without a port', 'target: a socket'],
    lines: [/^[-+] {3}server\.(?:address|port) /],
  },
];

/** The attributes of a span that would not be there, or is there. */
const LAYER = /(?:middleware - |express\.|http\.route )/;

export const expressDifferences: readonly Difference[] = [
  {
    what: 'A middleware with five parameters has no span, and is not called.',
    why: 'Express does not call one that has more than three. The official one has it called.',
    cases: ['middleware: five parameters'],
    lines: [new RegExp(`^- .*${LAYER.source}`)],
  },
  {
    what: 'The path of a middleware that throws is not part of the routes that come after it.',
    why: 'What comes after it is not below it. The official one makes `/e/e` of a route `/e`, and leaves it out of the server span.',
    cases: ['error: thrown in a middleware with a path, handled, and goes on'],
    lines: [
      /^- .*(?:server GET|request handler - \/e\/e|express\.name "\/e\/e")$/,
      /^\+ .*(?:server GET \/e|http\.route "\/e"|request handler - \/e|express\.name "\/e")$/,
    ],
  },
  {
    what: 'A middleware that rejects has the error in its span, with Express 5.',
    why: 'It is the error that Express hands on. The official one sees what is thrown or given to `next`, and what a handler of a route rejects with.',
    cases: ['error: a middleware rejects', 'error: a middleware rejects with nothing'],
    lines: [/^\+ .*(?:status ERROR [Rr]ejected|event exception$|exception\.)/],
  },
  {
    what: 'The span of a layer that neither answers nor goes on, after the client has gone, ends with the call.',
    why: 'Nothing else comes. That of the official one stays open.',
    cases: ['answer: the client has gone before the handler'],
    lines: [/^- .*otel_preload\.unfinished true$/],
  },
  {
    what: "The app's functions stay in their layers as they are; one that takes the place of another is traced like it.",
    why: 'The official one puts functions of its own there, so that an app finds neither its own nor how many parameters it has.',
    cases: ['seen: a layer is replaced'],
    lines: [new RegExp(`^\\+ .*${LAYER.source}`)],
  },
];

/** What a span of a command says, in the rendering of the differential test. */
const OF_COMMAND = /^[-+] (?:client \S+| {2}(?:db\.|server\.|status ERROR |event exception| {2}exception\.).*)$/;
const OF_EXCEPTION = /(?:status ERROR .+|event exception|exception\.\w+ .+)$/;

export const redisDifferences: readonly Difference[] = [
  {
    what: 'A transaction has one span, `redis-MULTI`, which says how many commands it has (`db.operation.batch.size`), and has an error where all of it is refused.',
    why: 'redis publishes the transaction, not the commands in it, nor which of them has failed. The official one has a span for each command.',
    cases: [
      'multi: one kind',
      'multi: two kinds',
      'multi: one fails',
      'multi: refused',
      'multi: a watched key has changed',
      'multi: nothing in it',
      'a pool: multi',
    ],
    lines: [OF_COMMAND],
  },
  {
    what: '`db.operation.name` of a command in a pipeline has its own name behind `PIPELINE`, also where the others are of another kind.',
    why: 'redis publishes one command after the other, and each span is complete when it begins.',
    cases: ['pipeline: two kinds'],
    lines: [/^[-+] {3}db\.operation\.name "PIPELINE(?: [A-Z]+)?"$/],
  },
  {
    what: 'Where a command of a pipeline fails, its span has the error, and those of the others have none.',
    why: 'They have been answered.',
    cases: ['pipeline: one fails'],
    lines: [new RegExp(`^- .*${OF_EXCEPTION.source}`)],
  },
  {
    what: '`server.address` and `server.port` are there where the app has not given them: `localhost`, 6379.',
    why: 'That is where the client connects to.',
    cases: ['connect: no host given'],
    lines: [/^\+ {3}server\.address "localhost"$/],
  },
  {
    what: 'A batch for a client that is closed has no span.',
    why: 'It is refused before redis publishes anything.',
    cases: ['closed: a batch'],
    lines: [/^- /],
  },
];

export const mysql2Differences: readonly Difference[] = [
  {
    what: 'Where a query is given values, `db.query.text` has `?` for each, and for every text and number that the app has written itself.',
    why: 'mysql2 publishes the text with the values in it. They may be secrets, and cannot be told from the others. `execute()`, and queries without values, have the text as it was written.',
    cases: [
      'query: values beside others',
      'query: an object as values',
      'query: other kinds of values',
      'query: named placeholders',
    ],
    lines: [/^[-+] {3}db\.query\.text /],
  },
  {
    what: 'A value that cannot be bound leaves no span.',
    why: 'mysql2 throws before it publishes anything. That of the official one stays open.',
    cases: ['execute: a value that cannot be bound'],
    lines: [/^- /],
  },
  {
    what: 'Without a callback, the span ends with the last row, or the error.',
    why: 'That of the official one ends with the first row, and stays open where there is none, with values, and of `execute()`.',
    cases: ['events: no rows', 'events: values', 'events: prepared', 'events: prepared, an error'],
    lines: [UNFINISHED, /^\+ {3}status ERROR /],
  },
];

/** What no case of traffic shows. */
const furtherOfHttp: readonly Pick<Difference, 'what' | 'why'>[] = [
  {
    what: 'Requests by `node:http2` have spans on both sides, whether streams are used or requests and responses. Without one are gRPC calls, `CONNECT`, and client requests that carry the headers of a trace already.',
    why: 'The official one does not know HTTP/2. gRPC, and clients that are built upon `node:http2`, have instrumentations of their own.',
  },
  {
    what: 'Nothing is active in a subscriber of `http.server.response.finish` that came after ours, unless the app listens for the `finish` of the response.',
    why: 'What Node.js makes there, the timer of the idle connection, would keep the span until the next request.',
  },
  {
    what: 'The name of the scope is `otel-preload/http`.',
    why: 'It says who made the span.',
  },
  {
    what: 'An error that nobody catches ends the server span of the request in whose context it came up, wherever it was thrown, with the error as an `exception` event.',
    why: 'The official one knows of errors thrown by the handler itself only, catches them and throws them again, so that Node.js prints a line of that instrumentation as the one that failed.',
  },
];

const furtherOfGrpc: readonly Pick<Difference, 'what' | 'why'>[] = [
  {
    what: 'The name of the scope is `otel-preload/grpc`.',
    why: 'It says who made the span.',
  },
  {
    what: 'No empty `tracestate` goes out where none came in.',
    why: 'A list without members says nothing.',
  },
  {
    what: 'Baggage that gRPC does not let through is left out.',
    why: 'gRPC refuses the whole call for it, and the app has not put it there.',
  },
  {
    what: 'A call that is answered twice has one line less on stderr.',
    why: 'The official one ends the span twice.',
  },
];

const furtherOfExpress: readonly Pick<Difference, 'what' | 'why'>[] = [
  {
    what: 'The name of the scope is `otel-preload/express`.',
    why: 'It says who made the span.',
  },
  {
    what: 'The span of a middleware that throws ends then.',
    why: 'It is over. That of the official one ends with the response.',
  },
  {
    what: 'An error of which no text can be made leaves the span without it.',
    why: 'The official one has the app fail with an error of its own.',
  },
];

const furtherOfFastify: readonly Pick<Difference, 'what' | 'why'>[] = [
  {
    what: 'A handler is below the server span; there is no span `request` between them.',
    why: 'It would say what the server span says.',
  },
  {
    what: 'Hooks and handlers of 404 have no spans.',
    why: 'Fastify publishes nothing of them.',
  },
  {
    what: 'The span of a handler that returns its answer without a promise ends when Fastify has taken the answer, not before.',
    why: 'Fastify publishes nothing in between.',
  },
  {
    what: 'A `preHandler` hook that fails leaves the span of the handler, with its error.',
    why: 'Fastify publishes it in the same way as an error of the handler.',
  },
  {
    what: 'The span of an asynchronous handler ends with the response at the latest.',
    why: 'Nothing else comes from one that takes the response over by `reply.hijack()`.',
  },
  {
    what: 'Where `hook.name`, or the name of the span, is made of plugins, these are those of the instance when the request comes, without `@fastify/otel`.',
    why: 'Fastify publishes the request, not how its route was added.',
  },
  {
    what: 'The name of the scope is `otel-preload/fastify`.',
    why: 'It says who made the span.',
  },
];

const furtherOfRedis: readonly Pick<Difference, 'what' | 'why'>[] = [
  {
    what: 'The path of a unix socket is `server.address`.',
    why: 'It is where the client connects to.',
  },
  {
    what: 'The name of the scope is `otel-preload/redis`.',
    why: 'It says who made the span.',
  },
];

const furtherOfMysql2: readonly Pick<Difference, 'what' | 'why'>[] = [
  {
    what: 'Of a text with values in it that is longer than 32 768 characters, only the beginning is there.',
    why: 'A value may be a file.',
  },
  {
    what: 'The path of a unix socket is `server.address`, without a port.',
    why: 'It is where the client connects to.',
  },
  {
    what: 'Connections and pools have no spans, as with the official one, although mysql2 publishes them.',
    why: 'Where somebody listens to that, mysql2 itself listens for `error` on each connection, and an app that does not would not be ended by one any more.',
  },
  {
    what: 'The name of the scope is `otel-preload/mysql2`.',
    why: 'It says who made the span.',
  },
];

/** The whole of `docs/differences.md`. */
export function renderDifferences(): string {
  const sections = [
    prose,
    section('HTTP', [...httpDifferences, ...furtherOfHttp]),
    section('gRPC', [...grpcDifferences, ...furtherOfGrpc]),
    section('Express', [...expressDifferences, ...furtherOfExpress]),
    section('Fastify', furtherOfFastify, fastifyProse),
    `## redis and mysql2\n\n${publishedProse}`,
    section('redis', [...redisDifferences, ...furtherOfRedis]),
    section('mysql2', [...mysql2Differences, ...furtherOfMysql2]),
    `## h3\n\n${h3Prose}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function section(title: string, differences: readonly Pick<Difference, 'what' | 'why'>[], about?: string): string {
  return [`## ${title}`, ...(about === undefined ? [] : [about]), table(differences)].join('\n\n');
}

function table(differences: readonly Pick<Difference, 'what' | 'why'>[]): string {
  const rows = differences.map(({ what, why }) => `| ${what} | ${why} |`);
  return `| ours | why |\n| --- | --- |\n${rows.join('\n')}`;
}

const prose = `# Differences to OpenTelemetry's instrumentations

<!-- Written by \`npm run generate\` from scripts/differences.ts: change it there. -->

For HTTP, gRPC and Express there are instrumentations of our own, which make the spans of \`@opentelemetry/instrumentation-http\`,
\`-grpc\` and \`-express\` in a fraction of the time: the same names, kinds, statuses, attributes, events and parents. Ours is what
is used, unless \`TRACING_HTTP_INSTRUMENTATION=official\`, \`TRACING_GRPC_INSTRUMENTATION=official\` or
\`TRACING_EXPRESS_INSTRUMENTATION=official\` (YAML: \`instrumentations.http\`, \`.grpc\`, \`.express\`) says otherwise.

A test runs both on the same traffic and compares all spans; any difference that is not in their lists is a bug. What is traced by what it publishes
is listed after them.`;

const fastifyProse = `OpenTelemetry's packages have no instrumentation of Fastify any more; Fastify has one of its own, the plugin \`@fastify/otel\`. Ours subscribes
to what Fastify publishes, and makes the span of a handler as the plugin does, with the same name and attributes. Where an app registers the plugin,
its spans are there and ours is not. No test runs the two side by side: the names were compared by hand, with its version 0.20. Of an app's own
\`@opentelemetry/instrumentation-fastify\` spans come beside ours, unless \`OTEL_NODE_DISABLED_INSTRUMENTATIONS=fastify\`.`;

const publishedProse = `\`redis\` (with its \`@redis/client\`) from 5.12 on, and \`mysql2\` from 3.20, publish what they do. These versions are traced by that and not patched:
bundled ones, and those that were loaded before us, as well. Older ones are traced by OpenTelemetry's instrumentations. A process may have both, each copy is
traced in one way. A copy whose version cannot be read is taken for one that publishes. Spans have the names, kinds, statuses, attributes, events and parents of
\`@opentelemetry/instrumentation-redis\` and \`-mysql2\`; a test runs both on the same traffic here, too.`;

const h3Prose = `There is no instrumentation of h3 among OpenTelemetry's. h3 2 publishes its handlers and middleware where the app has registered h3's own
\`tracingPlugin()\` (\`h3/tracing\`). Ours makes a span of each, named as those of Express are as far as h3 says: \`request handler - /users/:id\`, and \`middleware\`, with
\`h3.type\` (\`request_handler\`, \`middleware\`) and \`http.route\`. A middleware's span has what comes after it below it, as \`next()\` is called within. Where an app hands a request
on to another one's \`fetch\`, the route in the server span is that of the first. The name of the scope is \`otel-preload/h3\`.`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../docs/differences.md', import.meta.url), renderDifferences());
}
