import { expect, test } from "vitest";
import { z } from "zod";
import { createLazyResolver } from "@/components/ui/lazy-resolver";

const schema = z.strictObject({ name: z.string().trim().min(1, "Give a name") });
const OPTIONS = { fields: {}, shouldUseNativeValidation: false };

test("the schema is loaded at the first check and not before", async () => {
  let loads = 0;
  const resolve = createLazyResolver(async () => {
    loads += 1;
    return schema;
  });
  expect(loads).toBe(0);
  expect(await resolve({ name: " Ada " }, undefined, OPTIONS)).toEqual({ values: { name: "Ada" }, errors: {} });
  expect(loads).toBe(1);
});

test("what the schema refuses is an error of its field", async () => {
  const resolve = createLazyResolver(async () => schema);
  const { errors } = await resolve({ name: " " }, undefined, OPTIONS);
  expect(errors).toMatchObject({ name: { message: "Give a name" } });
});

test("without a schema nothing is valid, and the next check loads again", async () => {
  const attempts = [Promise.reject(new Error("the portal is gone")), Promise.resolve(schema)];
  const resolve = createLazyResolver(() => attempts.shift() ?? Promise.resolve(schema));
  const failed = await resolve({ name: "Ada" }, undefined, OPTIONS);
  expect(failed).toMatchObject({
    values: {},
    errors: { root: { message: expect.stringContaining("nothing was sent") } },
  });
  expect(await resolve({ name: "Ada" }, undefined, OPTIONS)).toEqual({ values: { name: "Ada" }, errors: {} });
});
