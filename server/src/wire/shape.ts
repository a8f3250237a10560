import { flagNames, stateNames } from '../uapi';
import type { WireLocation, WirePosition } from './arcTable';

/** What guards are made of. */

export type Guard<T> = (value: unknown) => value is T;
export type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

export function hasShape(value: unknown, shape: Shape): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const entries: Readonly<Record<string, unknown>> = { ...value };
  return Object.entries(shape).every(([key, test]) => test(entries[key]));
}

export const isString = (value: unknown): value is string => typeof value === 'string';
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
export const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
export const isText = (value: unknown): value is string | null => value === null || isString(value);
export const oneOf =
  (names: readonly string[]) =>
  (value: unknown): boolean =>
    isString(value) && names.includes(value);
export const listOf =
  (test: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(test);
/** Null, or what the test takes. */
export const nullOr =
  (test: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || test(value);
export const isFlags = listOf(oneOf(flagNames));

/** True for a position in a text. */
export const isPosition: Guard<WirePosition> = (value): value is WirePosition =>
  hasShape(value, { line: isCount, character: isCount });

export const isLocation: Guard<WireLocation> = (value): value is WireLocation =>
  hasShape(value, { uri: isString, range: (range) => hasShape(range, { start: isPosition, end: isPosition }) });

export const arcShape: Shape = { from: oneOf(stateNames), to: oneOf(stateNames) };
export const isArc = (value: unknown): boolean => hasShape(value, arcShape);
