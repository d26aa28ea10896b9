import type * as Phones from 'libphonenumber-js/max';
import { loadedOnce } from './host.ts';

/** In place of `libphonenumber-js/max`: the numbering plans of all countries. */
export const { parsePhoneNumberFromString } = loadedOnce('libphonenumber-js/max/index.cjs') as typeof Phones;
