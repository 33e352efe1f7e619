"use client";

import { useMutation as useQueryMutation, type UseMutationOptions } from "@tanstack/react-query";
import { getQueryClient } from "@/components/ui/query-client";

/** The `useMutation` of react-query with the client of the tab. It needs no provider. */
export function useMutation<Data, Variables = void>(options: UseMutationOptions<Data, Error, Variables>) {
  return useQueryMutation(options, getQueryClient());
}
