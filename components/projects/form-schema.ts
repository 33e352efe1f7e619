import { z } from "zod";
import { addProjectInputSchema, projectSearchSchema, renameProjectInputSchema } from "@/lib/projects/schema";

/** What a person types before a project is made. */
export const addProjectFormSchema = addProjectInputSchema;

/** What a person types before a project is renamed. */
export const renameProjectFormSchema = renameProjectInputSchema.omit({ project: true });

/** The filter of the table of projects. */
export const projectFilterFormSchema = z.strictObject({ search: z.string().trim().pipe(projectSearchSchema) });

export type AddProjectFormInput = z.input<typeof addProjectFormSchema>;
export type AddProjectForm = z.infer<typeof addProjectFormSchema>;
export type RenameProjectFormInput = z.input<typeof renameProjectFormSchema>;
export type RenameProjectForm = z.infer<typeof renameProjectFormSchema>;
export type ProjectFilterForm = z.infer<typeof projectFilterFormSchema>;
