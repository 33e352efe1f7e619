"use client";

import { Search } from "lucide-react";
import Form from "next/form";
import { useState } from "react";
import { looksLikeSecret, SECRET_PASTED } from "@/components/access-keys/issue/secret-shape";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

const ACCESS_KEY = /^[A-Za-z0-9_-]{8,128}$/;

/** What is wrong with a text as an access key, as a sentence; undefined when it may be one. */
function judge(text: string): string | undefined {
  if (!text) return "Type or paste the access key to look for";
  if (looksLikeSecret(text)) return SECRET_PASTED;
  if (!ACCESS_KEY.test(text))
    return "This is not an access key: those are letters and digits only, most often 20 of them";
  return undefined;
}

/** Searches for one key by its exact access key, across all projects. */
export function FindKeyForm({ value }: { value: string | undefined }) {
  const [error, setError] = useState<string>();
  return (
    <Form
      action="/support"
      role="search"
      aria-label="Find a key"
      noValidate
      className="mb-6 grid max-w-xl grid-cols-[minmax(0,1fr)_auto] items-start gap-2"
      onSubmit={(event) => {
        const typed = new FormData(event.currentTarget).get("access-key");
        const problem = judge(typeof typed === "string" ? typed.trim() : "");
        setError(problem);
        if (problem) event.preventDefault();
      }}
    >
      <Field label="Access key" error={error}>
        {(control) => (
          <Input
            {...control}
            name="access-key"
            type="search"
            defaultValue={value}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            className="font-mono"
          />
        )}
      </Field>
      <Button type="submit" look="primary" className="mt-7">
        <Search aria-hidden />
        Find
      </Button>
    </Form>
  );
}
