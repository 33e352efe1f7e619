import { expect, test } from "vitest";
import { drawSeries } from "@/components/usage/chart/series";

const FRAME = {
  figure: "objects",
  range: "24h",
  from: new Date("2026-11-28T00:00:00Z"),
  to: new Date("2026-11-29T00:00:00Z"),
  top: 10,
} as const;
const point = (region: string, hour: string, objects: number) => ({
  region,
  at: `2026-11-28T${hour}:00:00.000Z`,
  buckets: 1,
  objects,
  bytes: "0",
});

test("each region has a line from the oldest point to the newest, whatever their order", () => {
  expect(drawSeries([point("south", "12", 4), point("north", "13", 10), point("north", "12", 5)], FRAME)).toEqual([
    {
      region: "north",
      parts: [
        [
          { x: 50, y: 50 },
          { x: 54.17, y: 0 },
        ],
      ],
      first: 5,
      last: 10,
    },
    { region: "south", parts: [[{ x: 50, y: 60 }]], first: 4, last: 4 },
  ]);
});

test("where no sample is, the line has a gap", () => {
  const [north] = drawSeries([point("north", "06", 1), point("north", "07", 1), point("north", "12", 1)], FRAME);
  expect(north?.parts.map((part) => part.length)).toEqual([2, 1]);
});
