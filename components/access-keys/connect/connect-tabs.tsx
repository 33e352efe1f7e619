"use client";

import { Download } from "lucide-react";
import { saveText } from "@/components/access-keys/connect/save-text";
import { useBrand } from "@/components/layout/brand";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Tab, TabList, TabPanel, Tabs } from "@/components/ui/tabs";
import { CLIENT_NAMES, type Connection, guideClient, describeValidity } from "@/lib/clients/rules";

interface ConnectTabsProps {
  connection: Connection;
  /** Whether the secret key is hidden on the screen. Copies and downloads have it all the same. */
  masked?: boolean;
}

/** A tab for each client, with what configures it for this key. The text has the secret key only where it is given. */
export function ConnectTabs({ connection, masked = false }: ConnectTabsProps) {
  const hidden = masked ? connection.secretAccessKey : undefined;
  const brand = useBrand();
  const guides = CLIENT_NAMES.map((name) => ({ name, ...guideClient(name, connection) }));
  return (
    <Tabs defaultValue={guides[0]?.name ?? ""} className="min-w-0">
      <TabList aria-label="Clients">
        {guides.map(({ name, label }) => (
          <Tab key={name} value={name}>
            {label}
          </Tab>
        ))}
      </TabList>
      {guides.map(({ name, label, snippets, notes }) => (
        <TabPanel key={name} value={name}>
          {snippets.map((snippet) => (
            <SnippetBox key={snippet.title} client={label} hidden={hidden} {...snippet} />
          ))}
          <ul className="grid gap-1 text-[0.8125rem] text-muted">
            {[...notes, describeValidity(brand)].map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </TabPanel>
      ))}
    </Tabs>
  );
}

interface SnippetBoxProps {
  client: string;
  /** What the screen does not show of the text. */
  hidden: string | undefined;
  title: string;
  kind: "file" | "commands" | "program";
  path?: string;
  text: string;
}

function SnippetBox({ client, hidden, title, path, text }: SnippetBoxProps) {
  const what = `${client}: ${title}`;
  return (
    <section aria-label={what} className="min-w-0">
      <div className="flex flex-wrap items-center gap-x-2">
        <h3 className="min-w-0 flex-1 text-[0.8125rem] font-medium">
          {title}
          {path ? <span className="ml-2 font-mono font-normal break-all text-muted">{path}</span> : null}
        </h3>
        <CopyButton quiet text={text} what={title} label={`Copy ${what}`} />
        {path ? (
          <Button
            look="ghost"
            size="smallIcon"
            aria-label={`Download ${what}`}
            title={`Download ${what}`}
            onClick={() => saveText(path.split("/").at(-1) ?? path, text)}
          >
            <Download aria-hidden />
          </Button>
        ) : null}
      </div>
      {/* A region that scrolls can be reached by keyboard. */}
      <pre
        tabIndex={0}
        aria-label={`${what}, text`}
        role="group"
        className="mt-1 max-h-72 overflow-auto rounded-md border bg-sunken px-3 py-2.5 font-mono text-[0.8125rem] leading-5"
      >
        {hidden ? text.replaceAll(hidden, "•".repeat(hidden.length)) : text}
      </pre>
    </section>
  );
}
