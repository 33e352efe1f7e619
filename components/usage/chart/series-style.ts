/** The dashes tell lines apart where colours do not. The first is a whole line. */
const DASHES = [undefined, "7 4", "2 4", "11 4 2 4"];
/** The colours of app/globals.css. */
const COLOURS = 6;

/** How the line of a series looks. `index`: its place among the series. */
export function styleSeries(index: number) {
  return {
    style: { stroke: `var(--series-${(index % COLOURS) + 1})` },
    strokeWidth: 2,
    strokeDasharray: DASHES[index % DASHES.length],
  };
}
