import { RevokeToken } from "@/components/own-tokens/revoke-token";
import { SCOPE_NAMES } from "@/components/own-tokens/scope-names";
import { Table, TableHead, Td } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { TokenRow } from "@/lib/own-tokens/schema";

const STATES: Record<TokenRow["state"], string> = { active: "Active", expired: "Expired", revoked: "Revoked" };

/** A person's own tokens. */
export function TokenTable({ rows }: { rows: TokenRow[] }) {
  return (
    <Table label="Access tokens">
      <TableHead columns={["Name", "Project", "Scope", "Expires", "Last used", "State", "Actions"]} />
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Td className="font-medium">
              <bdi className="break-words">{row.name}</bdi>
            </Td>
            <Td>{row.project?.name ?? <span className="text-muted">All projects</span>}</Td>
            <Td className="whitespace-nowrap">{SCOPE_NAMES[row.scope]}</Td>
            <Td>
              <Time iso={row.expiresAt} />
            </Td>
            <Td>{row.lastUsedAt ? <Time iso={row.lastUsedAt} /> : <span className="text-muted">Never</span>}</Td>
            <Td>{row.state === "active" ? STATES.active : <span className="text-muted">{STATES[row.state]}</span>}</Td>
            <Td>
              {row.state === "active" ? (
                <RevokeToken id={row.id} name={row.name} />
              ) : (
                <span className="text-muted">None</span>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
