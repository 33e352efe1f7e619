import { html } from "hono/html";
import { nameOfReference, type Schema } from "@/lib/api/document";

type Text = ReturnType<typeof html>;

/** The type of a value as people read it. Named schemas are links. */
export function describeType(schema: Schema): Text {
  if (schema.$ref) return linkTo(nameOfReference(schema.$ref));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return join(choices.map(describeType), " or ");
  if (schema.allOf) return join(schema.allOf.map(describeType), " with ");
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum) return join(schema.enum.map(describeValue), " or ");
  if (schema.items) return html`list of ${describeType(schema.items)}`;
  const types = [schema.type ?? "any value"].flat().join(" or ");
  return schema.format ? html`${types} (${schema.format})` : html`${types}`;
}

/** The fields of an object, one a row. Nothing for what is no object. */
export function describeFields(schema: Schema): Text {
  const fields = collectFields(schema);
  if (fields.length === 0) return html`<p>${describeType(schema)}</p>`;
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Field</th>
        <th scope="col">Type</th>
        <th scope="col">Meaning</th>
      </tr>
    </thead>
    <tbody>
      ${fields.map(
        ({ name, required, field }) =>
          html`<tr>
            <th scope="row"><code>${name}</code>${required ? "" : " (optional)"}</th>
            <td>${describeType(field)}${describeNested(field)}</td>
            <td>${field.description ?? ""}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

const linkTo = (name: string): Text => html`<a href="#schema-${name}">${name}</a>`;
const describeValue = (value: unknown): Text => html`<code>${JSON.stringify(value)}</code>`;

/** An object without a name of its own shows its fields where it stands. */
function describeNested(schema: Schema): Text | string {
  const nested = [schema, schema.items, ...(schema.anyOf ?? [])].find((part) => part?.properties);
  return nested ? describeFields(nested) : "";
}

function collectFields(schema: Schema): { name: string; required: boolean; field: Schema }[] {
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    required: schema.required?.includes(name) ?? false,
    field,
  }));
}

function join(parts: Text[], between: string): Text {
  return html`${parts.map((part, index) => html`${index === 0 ? "" : between}${part}`)}`;
}
