import { z, type ZodType } from "zod";
import { searchTextSchema } from "@/components/access-keys/form-schema";
import { auditFilterSchema, endsAfterStart, END_AFTER_START } from "@/lib/audit-log/schema";

/** A field that may be empty. What stands in it is checked as in an address. */
const typed = (schema: ZodType) =>
  searchTextSchema.superRefine((text, context) => {
    const issue = text === "" ? undefined : schema.safeParse(text).error?.issues[0];
    if (issue) context.addIssue({ code: "custom", message: issue.message });
  });

const { who, event, outcome, region, project, accessKey, from, to } = auditFilterSchema.shape;

/** The filter of the audit log. Only that of the whole log has the field `project`. */
export const auditFilterFormSchema = z
  .strictObject({
    who: typed(who),
    event: typed(event),
    outcome: typed(outcome),
    region: typed(region),
    project: typed(project).optional(),
    accessKey: typed(accessKey),
    from: typed(from),
    to: typed(to),
  })
  .refine(endsAfterStart, END_AFTER_START);

export type AuditFilterForm = z.infer<typeof auditFilterFormSchema>;
