import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { PersonalDataKind } from '../../contract/personal-data.ts';
import type { Masked } from '../../contract/redaction.ts';
import { referenceOf } from '../../contract/reference-fact.ts';
import type { Declarations } from '../../contract/tagged-fields.ts';
import { declarationsOfItem, declarationsOfMember, tagOf } from '../../contract/tagged-fields.ts';
import { cutText } from '../../contract/text.ts';
import { maskText, maskValue } from './mask.ts';

/** What masks took the place of, whole, by field. */
export type Originals = ReadonlyMap<string, readonly string[]>;

/** Masks on one crossing: what it masks, and what it has masked so far. */
export class Redaction {
  readonly #kinds: readonly PersonalDataKind[];
  readonly #counts = new Map<string, Masked>();
  readonly #dropped: string[] = [];
  readonly #originals = new Map<string, string[]>();
  constructor(kinds: readonly PersonalDataKind[]) {
    this.#kinds = kinds;
  }

  /** Fields masked so far, in the order they were met. */
  get masked(): readonly Masked[] {
    return [...this.#counts.values()];
  }

  /** Tagged fields that no mask fits, such as numbers: left behind. */
  get dropped(): readonly string[] {
    return this.#dropped;
  }

  /** What masks took the place of, whole, by field. It is for the context store, and never leaves by another way. */
  get originals(): Originals {
    return this.#originals;
  }

  /**
   * Free text with all that detectors find masked.
   * @param most characters that the contract lets it have: a mask may be longer than what it hides
   */
  text(text: string, field: string, most = Number.MAX_SAFE_INTEGER): string {
    if (this.#kinds.length === 0) return text;
    const masked = maskText(text, this.#kinds);
    for (const kind of masked.kinds) this.#note(field, kind, text);
    return masked.text.length > most ? cutText(masked.text, most) : masked.text;
  }

  /** Each text of a list. */
  texts(list: readonly string[], field: string, most?: number): string[] {
    return list.map((text, index) => this.text(text, `${field}.${String(index)}`, most));
  }

  /**
   * Facts with what schemas tag and what detectors find masked. References stay: what they stand for was redacted
   * before it was stored.
   * @param declarations what schemas say of a top-level name
   * @param path of the object, as what is masked in it is named
   */
  facts(facts: JsonObject, declarations: (name: string) => Declarations, path = 'facts'): JsonObject {
    if (this.#kinds.length === 0) return facts;
    const entries = Object.entries(facts).flatMap(([name, value]) =>
      this.#member(name, value, path, declarations(name), undefined),
    );
    return Object.fromEntries(entries);
  }

  #member(
    name: string,
    value: JsonValue | undefined,
    path: string,
    declarations: Declarations,
    inherited: PersonalDataKind | undefined,
  ): [string, JsonValue][] {
    if (value === undefined) return [];
    // A name is a text too where nobody declared it: records keyed by an address.
    const shown = this.text(name, `${path}.(name)`);
    const masked = this.#value(value, `${path}.${shown}`, declarations, inherited);
    return masked === undefined ? [] : [[shown, masked]];
  }

  #value(
    value: JsonValue,
    path: string,
    declarations: Declarations,
    inherited: PersonalDataKind | undefined,
  ): JsonValue | undefined {
    const tag = tagOf(declarations);
    const kind = tag !== undefined && this.#kinds.includes(tag) ? tag : inherited;
    if (value === null || referenceOf(value)) return value;
    if (typeof value === 'string') return this.#string(value, path, kind);
    if (typeof value !== 'object') {
      if (kind === undefined) return value;
      this.#dropped.push(path.replace(/^facts\./, ''));
      return undefined;
    }
    if (isJsonObject(value)) {
      return Object.fromEntries(
        Object.entries(value).flatMap(([name, member]) =>
          this.#member(name, member, path, declarationsOfMember(declarations, name), kind),
        ),
      );
    }
    return value.flatMap((item: JsonValue, index) => {
      const masked = this.#value(
        item,
        `${path}.${String(index)}`,
        declarationsOfItem(declarations, index),
        kind,
      );
      return masked === undefined ? [] : [masked];
    });
  }

  #string(value: string, path: string, kind: PersonalDataKind | undefined): string {
    if (kind === undefined) return this.text(value, path);
    const masked = maskValue(kind, value);
    if (masked !== value) this.#note(path, kind, value);
    return masked;
  }

  #note(field: string, kind: PersonalDataKind, original: string): void {
    const kept = this.#originals.get(field) ?? [];
    // A path stands for several values where masked names of fields are alike.
    if (!kept.includes(original)) this.#originals.set(field, [...kept, original]);
    const key = `${field} ${kind}`;
    this.#counts.set(key, { field, kind, count: (this.#counts.get(key)?.count ?? 0) + 1 });
  }
}
