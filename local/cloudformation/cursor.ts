// A cursor on a resolved value: reads it as the kind CloudFormation expects, and refuses by file and path what is not.

import type { Refusal } from '../refusal.ts';
import type { Origin } from './plan.ts';
import { isMapping, type Mapping, type Path, type Source, type Value } from './source.ts';

export class Cursor {
  readonly source: Source;
  readonly path: Path;
  readonly value: Value | undefined;

  constructor(source: Source, path: Path, value: Value | undefined) {
    this.source = source;
    this.path = path;
    this.value = value;
  }

  get present(): boolean {
    return this.value !== undefined;
  }

  get origin(): Origin {
    return this.source.origin(this.path);
  }

  refuse(why: string): Refusal {
    return this.source.refuse(this.path, this.value, why);
  }

  at(key: string): Cursor {
    if (this.value !== undefined && !isMapping(this.value)) throw this.refuse('is not a mapping');
    const value = this.value && Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    return new Cursor(this.source, [...this.path, key], value);
  }

  mapping(): Mapping {
    if (!isMapping(this.value)) throw this.refuse('is not a mapping');
    return this.value;
  }

  entries(): [string, Cursor][] {
    return this.present ? Object.keys(this.mapping()).map((key) => [key, this.at(key)]) : [];
  }

  /** A single value counts as a list of one, as CloudFormation and IAM have it. */
  items(): Cursor[] {
    if (this.value === undefined) return [];
    if (!Array.isArray(this.value)) return [this];
    return this.value.map((item, i) => new Cursor(this.source, [...this.path, i], item));
  }

  /** Numbers and booleans become text, as CloudFormation coerces them. */
  text(fallback?: string): string {
    if (this.value === undefined && fallback !== undefined) return fallback;
    if (this.value === undefined) throw this.refuse('is required');
    if (this.value === null || typeof this.value === 'object') throw this.refuse('is not a string');
    return String(this.value);
  }

  texts(): string[] {
    return this.items().map((item) => item.text());
  }

  integer(range: { min: number; max: number; fallback?: number }): number {
    if (this.value === undefined && range.fallback !== undefined) return range.fallback;
    const number = Number(this.text());
    if (!Number.isInteger(number) || number < range.min || number > range.max)
      throw this.refuse(`is not a whole number from ${range.min} to ${range.max}`);
    return number;
  }

  number(range: { min: number; max: number }): number {
    const number = Number(this.text());
    if (Number.isNaN(number) || number < range.min || number > range.max)
      throw this.refuse(`is not a number from ${range.min} to ${range.max}`);
    return number;
  }

  flag(fallback: boolean): boolean {
    if (this.value === undefined) return fallback;
    const text = this.text().toLowerCase();
    if (text !== 'true' && text !== 'false') throw this.refuse('is not true or false');
    return text === 'true';
  }

  oneOf<const T extends string>(allowed: readonly T[], fallback?: NoInfer<T>): T {
    const text = this.text(fallback);
    const found = allowed.find((candidate) => candidate === text);
    if (found === undefined) throw this.refuse(`is not supported here: only ${allowed.join(', ')}`);
    return found;
  }
}
