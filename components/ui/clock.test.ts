import { afterEach, expect, test } from "vitest";
import { readClock, readUtcClock } from "@/components/ui/clock";

const zone = process.env.TZ;

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

test("a clock in UTC has leading zeros where people write them", () => {
  const clock = { year: 2026, month: "Jan", day: 5, hour: "00", minute: "07", second: "09" };
  expect(readUtcClock(new Date("2026-01-05T00:07:09.999Z"))).toEqual(clock);
});

test.each([
  ["Asia/Katmandu", { year: 2027, month: "Jan", day: 1, hour: "05", minute: "44", second: "59" }],
  ["America/New_York", { year: 2026, month: "Dec", day: 31, hour: "18", minute: "59", second: "59" }],
])("a clock in %s", (name, clock) => {
  process.env.TZ = name;
  expect(readClock(new Date("2026-12-31T23:59:59Z"))).toEqual(clock);
});

test("a clock goes forward and back with the summer time", () => {
  process.env.TZ = "Europe/Berlin";
  expect(readClock(new Date("2026-03-29T00:59:00Z")).hour).toBe("01");
  expect(readClock(new Date("2026-03-29T01:00:00Z")).hour).toBe("03");
  expect(readClock(new Date("2026-10-25T00:30:00Z")).hour).toBe("02");
  expect(readClock(new Date("2026-10-25T01:30:00Z")).hour).toBe("02");
});
