/** One figure of the bench. */
export interface Metric {
  readonly metric: string;
  /** Cases at once. */
  readonly concurrency: number;
  readonly baton: number;
  /** The hand-written side; null where it has no such thing. */
  readonly raw: number | null;
  /** `baton / raw`. */
  readonly ratio: number | null;
  readonly unit: string;
}

/** A figure, rounded to what the measuring can tell. */
export function metric(
  name: string,
  concurrency: number,
  values: { readonly baton: number; readonly raw: number | null; readonly unit: string },
): Metric {
  const { baton, raw, unit } = values;
  return {
    metric: name,
    concurrency,
    baton: rounded(baton),
    raw: raw === null ? null : rounded(raw),
    ratio: raw === null || raw === 0 ? null : rounded(baton / raw),
    unit,
  };
}

function rounded(figure: number): number {
  return Math.abs(figure) >= 1_000 ? Math.round(figure) : Number(figure.toPrecision(4));
}

/** The figures as a table for people. */
export function tableOf(metrics: readonly Metric[]): string {
  const header = ['metric', 'at once', 'baton', 'raw', 'ratio', 'unit'];
  const cell = (value: number | null): string => (value === null ? '-' : String(value));
  const lines = [
    header,
    ...metrics.map((one) => [
      one.metric,
      String(one.concurrency),
      cell(one.baton),
      cell(one.raw),
      cell(one.ratio),
      one.unit,
    ]),
  ];
  return alignedTable(lines);
}

/** Rows of words in columns, the first row their header. */
export function alignedTable(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
