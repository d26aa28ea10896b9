import { z } from 'zod';
import { digestSchema, textSchema } from './words.ts';

const LONGEST_URI = 2_048;
const LONGEST_NAME = 255;
/** A day, in milliseconds. */
const LONGEST_VOICE_MS = 86_400_000;
/** A terabyte: more is a slip. */
const LARGEST_FILE_BYTES = 1_099_511_627_776;

/** An absolute address. What carries its content within itself, or is a program, is no reference. */
const Uri = z
  .string()
  .max(LONGEST_URI)
  .regex(/^[a-z][a-z0-9+.-]*:[^\s\p{Cc}\p{Cs}]+$/iu, 'an absolute URI such as https://files.example.com/1')
  .refine((uri) => !/^(?:data|javascript|vbscript):/i.test(uri), 'a reference, never the content itself');
const MediaType = z
  .string()
  .max(127)
  .regex(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/i, 'a media type such as image/png');

const Stored = {
  mediaType: MediaType,
  bytes: z.int().min(0).max(LARGEST_FILE_BYTES),
  /** SHA-256 of the content, so that whoever fetches it can tell whether it is the same. */
  digest: digestSchema(),
  uri: Uri,
};
const Audio = z.object(Stored);
const Voice = z.object({
  /** How sure the transcriber is, from 0 to 1. */
  confidence: z.number().min(0).max(1),
  durationMs: z.int().positive().max(LONGEST_VOICE_MS),
  /** The recording, where it is kept. */
  audio: Audio.optional(),
});
const FileReference = z.object({
  name: z
    .string()
    .min(1)
    .max(LONGEST_NAME)
    .regex(/^[^\p{Cc}\p{Cs}/\\]+$/u, 'a name without slashes and control characters'),
  ...Stored,
});

const Locale = z.string().max(64).optional();

const Shapes = {
  text: { kind: z.literal('text').optional(), text: textSchema(), locale: Locale },
  /** `text` is the transcript. */
  voice: { kind: z.literal('voice'), text: textSchema(), locale: Locale, voice: Voice },
  /** `text` is what the user says of the file. */
  file: {
    kind: z.literal('file'),
    text: z.union([z.literal(''), textSchema()]).default(''),
    locale: Locale,
    file: FileReference,
  },
} as const;

/** Fields of the three kinds of a user's turn: written, spoken, or a file (X9). Shapes add the sender's id. */
export function contentShapes(): typeof Shapes {
  return Shapes;
}
