import { html, raw } from "hono/html";
import { type ApiDocument, type Operation, type Parameter, type Schema } from "@/lib/api/document";
import { describeFields, describeType } from "@/lib/api/docs-schema";
import { anchorOf, type ProblemCode, PROBLEMS } from "@/lib/api/problems";

type Text = ReturnType<typeof html>;

/** Both themes, as the browser prefers. Nothing is loaded: no script, no font, no picture. */
const STYLE = `
:root { color-scheme: light dark; }
body { background: light-dark(#ffffff, #16181d); color: light-dark(#1b1f24, #e6e8eb); font: 1rem/1.5 system-ui, sans-serif;
  margin: 0 auto; max-width: 64rem; padding: 1.5rem; }
a { color: light-dark(#0b57d0, #8ab4f8); }
code { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 0.5rem 0; width: 100%; overflow-wrap: anywhere; }
th, td { border: 1px solid light-dark(#d0d4da, #3a3f47); padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
th { font-weight: 600; }
article { border-top: 1px solid light-dark(#d0d4da, #3a3f47); margin-top: 2rem; }
`;

/** The reference of the API as a page, made from its OpenAPI document. `nonce` lets the style in. */
export function renderDocs(document: ApiDocument, nonce: string): Text {
  const { info, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ path, method: verb.toUpperCase(), operation })),
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title} API</title>
        <style nonce="${nonce}">
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${info.title} API ${info.version}</h1>
          <p>${info.description ?? ""}</p>
          <p>The same as a document for programs: <a href="/api/v1/openapi.json">OpenAPI 3.1</a>.</p>
          <nav aria-label="Operations">
            <ul>
              ${operations.map(
                ({ path, method, operation }) =>
                  html`<li>
                    <a href="#${anchorOfOperation(method, path)}"><code>${method} ${path}</code></a>
                    ${operation.summary ?? ""}
                  </li>`,
              )}
            </ul>
          </nav>
          <h2>Operations</h2>
          ${operations.map(({ path, method, operation }) => renderOperation(method, path, operation))}
          <h2>Problems</h2>
          <p>Every refusal is <code>application/problem+json</code> with one of these codes.</p>
          ${renderProblems()}
          <h2>Schemas</h2>
          ${Object.entries(components.schemas).map(([name, schema]) => renderSchema(name, schema))}
        </main>
      </body>
    </html>`;
}

function anchorOfOperation(method: string, path: string): string {
  return `${method} ${path}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

function renderOperation(method: string, path: string, operation: Operation): Text {
  const { summary = "", description = "", parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content["application/json"]?.schema;
  return html`<article id="${anchorOfOperation(method, path)}">
    <h3><code>${method} ${path}</code></h3>
    <p>${summary}. ${description}</p>
    ${parameters.length > 0 ? renderParameters(parameters) : ""}
    ${
      body
        ? html`<h4>Body</h4>
            ${describeFields(body)}`
        : ""
    }
    <h4>Answers</h4>
    <ul>
      ${Object.entries(responses).map(
        ([status, answer]) =>
          html`<li>
            <code>${status}</code> ${answer.description}
            ${Object.values(answer.content ?? {}).map(({ schema }) => describeType(schema))}
            ${answer.headers ? html`with the headers ${Object.keys(answer.headers).join(", ")}` : ""}
          </li>`,
      )}
    </ul>
  </article>`;
}

function renderParameters(parameters: Parameter[]): Text {
  return html`<h4>Parameters</h4>
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">In</th>
          <th scope="col">Type</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${parameters.map(
          ({ name, in: place, required, description, schema }) =>
            html`<tr>
              <th scope="row"><code>${name}</code>${required ? "" : " (optional)"}</th>
              <td>${place}</td>
              <td>${describeType(schema)}</td>
              <td>${description ?? schema.description ?? ""}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function renderProblems(): Text {
  return html`<ul>
    ${(Object.keys(PROBLEMS) as ProblemCode[]).map(
      (code) =>
        html`<li id="${anchorOf(code)}"><code>${code}</code> ${PROBLEMS[code].status}: ${PROBLEMS[code].title}</li>`,
    )}
  </ul>`;
}

function renderSchema(name: string, schema: Schema): Text {
  return html`<article id="schema-${name}">
    <h3>${name}</h3>
    ${describeFields(schema)}
  </article>`;
}
