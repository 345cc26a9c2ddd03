import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { maskValues } from '../../../src/instrument/published/mask-values.ts';

test('texts, numbers and bytes are masked, names are not, and comments are left out', () => {
  for (const [sql, masked] of [
    ["SELECT 'a', 1, -2.5, 1e30, 1.5e-7, X'00ff', 0xff, NULL, true", 'SELECT ?, ?, -?, ?, ?, ?, ?, NULL, true'],
    ["SELECT t1.a2 FROM db3.t1 WHERE `it's 1` = 'a'", "SELECT t1.a2 FROM db3.t1 WHERE `it's 1` = ?"],
    ["SELECT /* it's 1 */ 'a' -- don't 2\n, 'b' # don't 3\n, 'c'", 'SELECT  ? \n, ? \n, ?'],
    ['SELECT "a ""b"" \\" c", 1', 'SELECT ?, ?'],
    ["INSERT INTO t VALUES (1, 'a'), (2, '')", 'INSERT INTO t VALUES (?, ?), (?, ?)'],
    ["SELECT 3--1, 5 - 'a'", 'SELECT ?--?, ? - ?'],
    ["SELECT /*! 'a' */ 1", 'SELECT  ?'],
    ["SELECT /*M! 'a' */ 1 /* 'b", 'SELECT  ? '],
    ["-- Find\n--\nSELECT 'a' --", '\n\nSELECT ? '],
    ['SELECT 1 /* of 2 */ -- by 3\n# 4', 'SELECT ?  \n'],
    ["SELECT 'a", 'SELECT ?'],
    ["SELECT 'a\\", 'SELECT ?'],
  ] as const) {
    assert.equal(maskValues(sql), masked, sql);
  }
});

/** As mysql2's formatter writes them. */
const escapes = new Map(Object.entries({ '\0': '0', '\b': 'b', '\t': 't', '\n': 'n', '\r': 'r', '\x1a': 'Z' }));
for (const unit of ['"', "'", '\\']) escapes.set(unit, unit);

function escape(value: string): string {
  return `'${Array.from(value, (unit) => (escapes.has(unit) ? `\\${escapes.get(unit)}` : unit)).join('')}'`;
}

test('whatever a text is, nothing of it is left', () => {
  const unit = fc.constantFrom("'", '"', '\\', '`', '/*', '*/', '-- ', '#', '\n', '\0', 'a', '1', '?', 'ü');
  const value = fc.oneof(
    fc.string(),
    fc.array(unit).map((units) => units.join('')),
  );
  fc.assert(
    fc.property(value, value, fc.constantFrom('', '--\n', "-- it's\n", '#\n', '/* " */'), (a, b, comment) => {
      const sql = `${comment}UPDATE t SET a = ${escape(a)} ${comment}WHERE b = ${escape(b)}`;
      assert.equal(maskValues(sql).replaceAll('\n', ''), 'UPDATE t SET a = ? WHERE b = ?');
    }),
  );
});

test('of more than 32768 characters the rest is not looked at, and a text that goes on there is masked', () => {
  assert.equal(maskValues(`SELECT '${'a'.repeat(1_000_000)}', 1`), 'SELECT ?');
  for (let length = 32_750; length < 32_768; length++) {
    assert.equal(maskValues(`SELECT '${'a'.repeat(length)}\\'b'`), 'SELECT ?', `${length}`);
  }
  assert.equal(maskValues(`SELECT ${' '.repeat(40_000)}`).length, 32_768);
});
