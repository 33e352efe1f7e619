import type { FieldErrors, FieldValues, Resolver } from "react-hook-form";
import { loadConfigured, type LoadSchema, NOT_LOADED } from "@/components/ui/load-schema";

/**
 * A resolver for react-hook-form that loads zod and the schema at the first check. When they cannot be loaded, the form
 * gets the error `root`, and the next check tries again.
 */
export function createLazyResolver<Input extends FieldValues, Output extends FieldValues>(
  loadSchema: LoadSchema<Input, Output>,
): Resolver<Input, unknown, Output> {
  return async (values, context, options) => {
    let resolve: Resolver<Input, unknown, Output>;
    try {
      const [{ zodResolver }, schema] = await Promise.all([
        import("@hookform/resolvers/zod"),
        loadConfigured(loadSchema),
      ]);
      resolve = zodResolver<Input, unknown, Output>(schema);
    } catch {
      return { values: {}, errors: { root: { type: "not-loaded", message: NOT_LOADED } } as FieldErrors<Input> };
    }
    return resolve(values, context, options);
  };
}
