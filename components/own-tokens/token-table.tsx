import { RevokeToken } from "@/components/own-tokens/revoke-token";
import { SCOPE_NAMES } from "@/components/own-tokens/scope-names";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { TokenRow } from "@/lib/own-tokens/schema";

const STATES: Record<TokenRow["state"], string> = { active: "Active", expired: "Expired", revoked: "Revoked" };

/** A person's own tokens. */
export function TokenTable({ rows }: { rows: TokenRow[] }) {
  return (
    <Table label="Access tokens">
      <TableHead columns={["Name", "Project", "Scope", "Expires", "Last used", "State", "Actions"]} />
      <TableBody>
        {rows.map((row) => (
          <Tr key={row.id}>
            <Td className="font-medium">
              <bdi className="break-words">{row.name}</bdi>
            </Td>
            <Td label="Project">{row.project?.name ?? <span className="text-muted">All projects</span>}</Td>
            <Td label="Scope" className="whitespace-nowrap">
              {SCOPE_NAMES[row.scope]}
            </Td>
            <Td label="Expires">
              <Time iso={row.expiresAt} />
            </Td>
            <Td label="Last used">
              {row.lastUsedAt ? <Time iso={row.lastUsedAt} /> : <span className="text-muted">Never</span>}
            </Td>
            <Td label="State">
              {row.state === "active" ? STATES.active : <span className="text-muted">{STATES[row.state]}</span>}
            </Td>
            <Td>
              {row.state === "active" ? (
                <RevokeToken id={row.id} name={row.name} />
              ) : (
                <span className="text-muted">None</span>
              )}
            </Td>
          </Tr>
        ))}
      </TableBody>
    </Table>
  );
}
