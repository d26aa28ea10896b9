import { z } from 'zod';

/** Compiling a schema takes as long as some hundreds of parses: a process that parses less often has none of it. */
const WORTH_IT = 200;

interface Use {
  parses: number;
  compiled?: z.ZodType;
}

// Which of two ways to the same answer is taken is no state that a workflow could see.
const uses = new WeakMap<z.ZodType, Use>();

/**
 * A schema as the code that zod makes of it, once it has parsed often enough in this process: the same values, the
 * same issues, in a fraction of the time. What cannot be compiled (recursive shapes) stays as it is.
 */
export function compiledWhenWorthIt<Schema extends z.ZodType>(schema: Schema): Schema {
  let use = uses.get(schema);
  if (!use) {
    use = { parses: 0 };
    uses.set(schema, use);
  }
  use.parses += 1;
  if (use.parses < WORTH_IT) return schema;
  use.compiled ??= z.compile(schema);
  return use.compiled as Schema;
}
