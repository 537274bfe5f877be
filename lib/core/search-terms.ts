import { InvalidSearchError } from './errors.js';
import type { SearchOperator } from './search-fields.js';

/** A value as it was written. */
export interface SearchValue {
  readonly text: string;
  /** Between quotes: text, whatever it looks like. */
  readonly isQuoted: boolean;
  readonly at: number;
}

/** One term: `-field:value,value`, or a bare word, which has no field. */
export interface SearchTerm {
  readonly isNegated: boolean;
  readonly field: string | undefined;
  readonly operator: SearchOperator;
  readonly values: readonly SearchValue[];
  /** Where it begins, its sign included. */
  readonly at: number;
  readonly to: number;
}

/** Longer than any that a person writes. */
export const LONGEST_SEARCH = 4_096;

const BLANK = /\s/;
const NAME = /[\p{L}\p{N}_.$-]/u;

/**
 * Takes a search text apart; what the fields mean is not decided here.
 * @throws InvalidSearchError
 */
export function readTerms(text: string): SearchTerm[] {
  if (text.length > LONGEST_SEARCH) {
    throw new InvalidSearchError(
      LONGEST_SEARCH,
      'it is too long',
      `a text of at most ${LONGEST_SEARCH} characters`,
    );
  }
  return new TermReader(text).readAll();
}

class TermReader {
  private at = 0;

  constructor(private readonly text: string) {}

  readAll(): SearchTerm[] {
    const terms: SearchTerm[] = [];
    for (;;) {
      while (this.at < this.text.length && BLANK.test(this.here())) this.at += 1;
      if (this.at >= this.text.length) return terms;
      terms.push(this.readTerm());
    }
  }

  private here(): string {
    return this.text[this.at] ?? '';
  }

  private readTerm(): SearchTerm {
    const at = this.at;
    const isNegated = this.here() === '-' && !this.isEnd(at + 1);
    if (isNegated) this.at += 1;
    const named = this.readField();
    if (named === undefined) {
      const values = [this.readValue('word')];
      return { isNegated, field: undefined, operator: ':', values, at, to: this.at };
    }
    const values = [this.readValue('value')];
    while (this.here() === ',') {
      this.at += 1;
      values.push(this.readValue('value'));
    }
    return { isNegated, ...named, values, at, to: this.at };
  }

  /** A name, or one in quotes, that is followed by an operator; else this is a word. */
  private readField(): { field: string; operator: SearchOperator } | undefined {
    const begin = this.at;
    let field = '';
    if (this.here() === '"') field = this.readQuoted();
    else while (NAME.test(this.here())) field += this.text[this.at++];
    const operator = this.readOperator();
    if (operator !== undefined && field !== '') return { field, operator };
    if (operator !== undefined)
      throw new InvalidSearchError(begin, `a field is missing before "${operator}"`);
    this.at = begin;
    return undefined;
  }

  private readOperator(): SearchOperator | undefined {
    const two = this.text.slice(this.at, this.at + 2);
    if (two === '>=' || two === '<=') return this.take(two);
    const one = this.here();
    return one === ':' || one === '>' || one === '<' ? this.take(one) : undefined;
  }

  private take<Sign extends SearchOperator>(sign: Sign): Sign {
    this.at += sign.length;
    return sign;
  }

  private readValue(kind: 'word' | 'value'): SearchValue {
    const at = this.at;
    const hasEnded = (): boolean => this.isEnd(this.at) || (kind === 'value' && this.here() === ',');
    if (this.here() === '"') {
      const text = this.readQuoted();
      if (!hasEnded()) {
        throw new InvalidSearchError(this.at, 'something follows the closing quote', 'a blank after it');
      }
      return { text, isQuoted: true, at };
    }
    let text = '';
    const isOver = (): boolean => this.isEnd(this.at) || (kind === 'value' && this.here() === ',');
    while (!isOver()) {
      if (this.here() === '"')
        throw new InvalidSearchError(
          this.at,
          'a quote stands in the middle of a word',
          'quotes around all of it',
        );
      text += this.text[this.at++];
    }
    if (text === '') {
      throw new InvalidSearchError(
        at,
        'a value is missing',
        'a value, or quotes around one with blanks in it',
      );
    }
    return { text, isQuoted: false, at };
  }

  /** `\"` and `\\` stand for a quote and a backslash; any other backslash for itself. */
  private readQuoted(): string {
    const begin = this.at;
    this.at += 1;
    let text = '';
    for (;;) {
      if (this.at >= this.text.length)
        throw new InvalidSearchError(begin, 'a quote is not closed', 'another " behind it');
      const sign = this.text[this.at++];
      if (sign === '"') return text;
      const isEscape = sign === '\\' && (this.here() === '"' || this.here() === '\\');
      text += isEscape ? this.text[this.at++] : sign;
    }
  }

  private isEnd(at: number): boolean {
    return at >= this.text.length || BLANK.test(this.text[at] ?? '');
  }
}
