import { Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";

interface RegionRow {
  name: string;
  provider: string;
  endpoint: string;
  signingRegion: string;
  checkedAt: string | null;
  checkError: string | null;
  disabledAt: string | null;
}

export function RegionTable({ rows }: { rows: RegionRow[] }) {
  return (
    <Table label="Regions">
      <thead>
        <tr>
          <Th>Region</Th>
          <Th>Provider</Th>
          <Th>Endpoint</Th>
          <Th>Signing region</Th>
          <Th>Last check</Th>
          <Th>State</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <Td className="font-medium">{row.name}</Td>
            <Td className="font-mono text-[0.8125rem]">{row.provider}</Td>
            <Td className="font-mono text-[0.8125rem]">{row.endpoint}</Td>
            <Td className="font-mono text-[0.8125rem]">{row.signingRegion}</Td>
            <Td>{row.checkedAt ? <Time iso={row.checkedAt} /> : "Not yet"}</Td>
            <Td>
              <RegionState row={row} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function RegionState({ row }: { row: RegionRow }) {
  if (row.disabledAt) {
    return (
      <span className="text-muted">
        Switched off <Time iso={row.disabledAt} />
      </span>
    );
  }
  if (row.checkError) return <span className="text-danger">{row.checkError}</span>;
  return <span>{row.checkedAt ? "Works" : "Not checked yet"}</span>;
}
