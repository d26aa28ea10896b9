import type * as Encoding from 'gpt-tokenizer/encoding/o200k_base';
import { loadedOnce } from './host.ts';

/** In place of `gpt-tokenizer/encoding/o200k_base`: a quarter of a second of a processor, and 40 MB. */
export const { countTokens } = loadedOnce('gpt-tokenizer/cjs/encoding/o200k_base.js') as typeof Encoding;
