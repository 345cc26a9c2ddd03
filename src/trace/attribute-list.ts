import { type Attributes, diag } from '@opentelemetry/api';
import { cleanAttributes } from '@opentelemetry/core';
import type { AttributeList } from '../core/attribute-list.ts';

export interface AttributeLimits {
  readonly attributeCountLimit: number;
  readonly attributeValueLengthLimit: number;
}

/** The index of `key`, or the list's length where it is not in it. */
export function indexOfKey(list: Readonly<AttributeList>, key: string): number {
  const { length } = list;
  let at = 0;
  while (at < length && list[at] !== key) at += 2;
  return at;
}

/**
 * A value as it may be kept: cut to `lengthLimit`, a copy where it has parts.
 *
 * @returns undefined for what is no attribute value; that has been said
 */
export function cleanValue(key: string, value: unknown, lengthLimit: number): unknown {
  switch (typeof value) {
    case 'string':
      return value.length <= lengthLimit ? value : value.slice(0, lengthLimit);
    case 'number':
    case 'boolean':
      return value;
    default: {
      const limits = { attributeCountLimit: 1, attributeValueLengthLimit: lengthLimit };
      return Object.values(cleanAttributes({ [key]: value }, limits).attributes ?? {})[0];
    }
  }
}

/**
 * Adds the attributes that a span starts with to an empty list.
 *
 * @returns how many of them were left out: beyond `attributeCountLimit`, or no attributes at all
 */
export function fillList(list: AttributeList, attributes: Attributes, limits: AttributeLimits): number {
  const { attributeCountLimit, attributeValueLengthLimit } = limits;
  const own = hasOnlyOwn(attributes) ? attributes : Object.assign(Object.create(null) as Attributes, attributes);
  let dropped = 0;
  for (const key in own) {
    const value = own[key];
    if (value === undefined) continue;
    const cleaned = isKey(key) ? cleanValue(key, value, attributeValueLengthLimit) : undefined;
    if (cleaned === undefined || list.length >= attributeCountLimit * 2) dropped++;
    else list.push(key, cleaned);
  }
  return dropped;
}

/** Whether a list of sound attributes needs nothing taken away. */
export function isWithin(list: Readonly<AttributeList>, limits: AttributeLimits): boolean {
  return list.length <= limits.attributeCountLimit * 2 && limits.attributeValueLengthLimit === Infinity;
}

/** Asking once costs 11 ns; asking for each key would cost as much as all the rest. */
function hasOnlyOwn(attributes: Attributes): boolean {
  const prototype: unknown = Object.getPrototypeOf(attributes);
  if (prototype !== Object.prototype) return prototype === null;
  // oxlint-disable-next-line guard-for-in -- what is inherited is what is looked for
  for (const _ in Object.prototype) return false;
  return true;
}

/** Whether it can be a key; if not, that is said. */
export function isKey(key: string): boolean {
  if (key.length > 0) return true;
  diag.warn(`Invalid attribute key: ${key}`);
  return false;
}
