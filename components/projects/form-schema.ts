import type { z } from "zod";
import { addProjectInputSchema, renameProjectInputSchema } from "@/lib/projects/schema";

/** What a person types before a project is made. */
export const addProjectFormSchema = addProjectInputSchema;

/** What a person types before a project is renamed. */
export const renameProjectFormSchema = renameProjectInputSchema.omit({ project: true });

export type AddProjectFormInput = z.input<typeof addProjectFormSchema>;
export type AddProjectForm = z.infer<typeof addProjectFormSchema>;
export type RenameProjectFormInput = z.input<typeof renameProjectFormSchema>;
export type RenameProjectForm = z.infer<typeof renameProjectFormSchema>;
