import type { Attributes } from '@opentelemetry/api';

export const SPANS: number;
export const CALLS: number;
export function attributes(): Attributes;
export function nsOf(calls: number, work: () => void): number;
