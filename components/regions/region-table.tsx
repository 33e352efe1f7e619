import { TextLink } from "@/components/ui/text-link";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { RegionRow } from "@/lib/regions/schema";

/** All regions, for administrators. */
export function RegionTable({ rows }: { rows: RegionRow[] }) {
  return (
    <Table label="Regions">
      <TableHead
        columns={["Region", "Storage system", "Endpoint", "Signing region", "Last check", "State", "Waiting"]}
      />
      <TableBody>
        {rows.map((row) => (
          <Tr key={row.name}>
            <Td className="font-medium sm:min-w-28">
              <TextLink href={`/admin/regions/${row.name}`}>{row.name}</TextLink>
              {row.declared ? <span className="block font-normal text-muted">In the regions file</span> : null}
              {row.writtenAtStart ? <span className="block font-normal text-muted">Written at each start</span> : null}
            </Td>
            <Td label="Storage system">{row.title}</Td>
            <Td label="Endpoint" className="font-mono text-[0.8125rem] [overflow-wrap:anywhere] sm:min-w-52">
              {row.endpoint}
            </Td>
            <Td label="Signing region" className="font-mono text-[0.8125rem]">
              {row.signingRegion}
            </Td>
            <Td label="Last check">{row.checkedAt ? <Time iso={row.checkedAt} /> : "Not yet"}</Td>
            <Td label="State" className="sm:min-w-44">
              <RegionState row={row} />
              <MissingKeys count={row.missingKeys} />
              {row.rotationError ? (
                <span className="block max-w-prose text-warn">
                  A rotation of the credentials is not finished: {row.rotationError}
                </span>
              ) : null}
              {row.warnings.map((warning) => (
                <span key={warning} className="block max-w-prose text-warn">
                  {warning}
                </span>
              ))}
            </Td>
            <Td label="Waiting">
              <Waiting waiting={row.waiting} />
            </Td>
          </Tr>
        ))}
      </TableBody>
    </Table>
  );
}

/** How a region stands by its last check. */
export function RegionState({ row }: { row: RegionRow }) {
  if (row.disabledAt) {
    return (
      <span className="text-muted">
        Switched off <Time iso={row.disabledAt} />
      </span>
    );
  }
  if (row.checkError) {
    return (
      <>
        <span className="inline-block text-danger first-letter:uppercase">{row.checkError}</span>
        {row.failingSince ? (
          <span className="block text-muted">
            Since <Time iso={row.failingSince} />
          </span>
        ) : null}
      </>
    );
  }
  return <span>{row.checkedAt ? "Works" : "Not checked yet"}</span>;
}

/** Current keys that the storage system does not have. The history of each key says since when. */
function MissingKeys({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <span className="block text-warn">
      The storage system does not know {count === 1 ? "1 current key" : `${count} current keys`}
    </span>
  );
}

/** Changes that are decided and not carried out yet. They are tried again until the storage system answers. */
function Waiting({ waiting }: { waiting: RegionRow["waiting"] }) {
  if (!waiting) return <span className="text-muted">Nothing</span>;
  return (
    <>
      <span className="text-warn">{waiting.changes === 1 ? "1 change" : `${waiting.changes} changes`}</span>
      <span className="block text-muted">
        {waiting.changes === 1 ? "Since " : "The oldest since "}
        <Time iso={waiting.since} />
      </span>
    </>
  );
}
