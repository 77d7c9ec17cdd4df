import { spanLabel } from "./scale";
import { type Chart, titleOf } from "./series";

/** The same numbers to read: newest first, without the buckets that have nothing. */
export default function DataTable({ chart }: { chart: Chart }) {
  const windowMs = chart.bucketMs * chart.starts.length;
  const rows = chart.starts
    .map((start, at) => ({ start, values: chart.series.map(({ values }) => values[at] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null && value !== 0))
    .reverse();
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={`${titleOf(chart)}, table`}
      className="overflow-auto -outline-offset-2!"
    >
      <table className="w-full text-left">
        <thead className="sticky top-0 bg-surface-2 text-12 text-fg-3">
          <tr>
            <th className="h-8 pl-3.5 font-book">Time</th>
            {chart.series.map(({ name }) => (
              <th key={name} className="pr-3.5 text-right font-book">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ start, values }) => (
            <tr key={start} className="border-t">
              <th scope="row" className="h-7 pl-3.5 font-normal text-fg-2">
                {spanLabel(start, chart.bucketMs, windowMs)}
              </th>
              {values.map((value, index) => (
                <td key={chart.series[index]?.name} className="pr-3.5 text-right">
                  {value === null ? <span className="text-fg-3">none</span> : chart.say(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
