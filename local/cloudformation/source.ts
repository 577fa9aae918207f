// One template file: its data as written, and where in the file each part stands.

import { Refusal } from '../refusal.ts';
import type { Origin } from './plan.ts';

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** Steps from the template's top: keys, and indices of lists. */
export type Path = readonly (string | number)[];

export type Mapping = { [key: string]: Value };

export function isMapping(value: Value | undefined): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Resources.ChatApi.Properties.Policies[0]` */
function showPath(path: Path): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`,
    )
    .join('');
}

export class Source {
  /** Relative to the root, for messages: `api/template.yaml`. */
  readonly file: string;
  /** Absolute folder of the file: what CodeUri and DefinitionUri are relative to. */
  readonly folder: string;
  readonly data: Mapping;
  /** Line and column (from 1) of a path, or of its nearest ancestor that the file has. */
  readonly #locate: (path: Path) => { line: number; column: number };

  constructor(
    file: string,
    folder: string,
    data: Mapping,
    locate: (path: Path) => { line: number; column: number },
  ) {
    this.file = file;
    this.folder = folder;
    this.data = data;
    this.#locate = locate;
  }

  origin(path: Path): Origin {
    const { line, column } = this.#locate(path);
    return { file: `${this.file}:${line}:${column}`, path: showPath(path) };
  }

  /** The refusal's `file` is `file:line:column`, which terminals and editors open. */
  refuse(path: Path, value: Value | undefined, why: string): Refusal {
    const origin = this.origin(path);
    return new Refusal(origin.file, origin.path, value, why);
  }
}
