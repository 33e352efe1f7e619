import { RegionState } from "@/components/regions/region-table";
import { Fact, Facts } from "@/components/ui/facts";
import { Notice } from "@/components/ui/notice";
import { Time } from "@/components/ui/time";
import type { ProviderForm, RegionDetail } from "@/lib/regions/schema";

const mono = (text: string) => <span className="font-mono text-[0.8125rem] break-all">{text}</span>;

/** How a region stands, what its last check said, and its settings. No secret is among them. */
export function RegionFacts({ region, form }: { region: RegionDetail; form: ProviderForm }) {
  const given = { ...region.settings, ...region.openCredentials };
  return (
    <div className="grid gap-4">
      {region.declared ? (
        <Notice>
          The regions file declares this region, so it is read-only here. Change the file; it is read at each start.
        </Notice>
      ) : null}
      {region.writtenAtStart ? (
        <Notice>
          The built-in S3 server that comes with the portal runs this region. Each start writes its addresses and its
          token anew, from the settings: what is changed here lasts until the next start.
        </Notice>
      ) : null}
      {region.warnings.map((warning) => (
        <Notice key={warning} look="warn">
          {warning}
        </Notice>
      ))}
      <Facts>
        <Fact name="State">
          <span>
            <RegionState row={region} />
          </span>
        </Fact>
        <Fact name="Last check">{region.checkedAt ? <Time iso={region.checkedAt} /> : "Not yet"}</Fact>
        <Fact name="Endpoint">{mono(region.endpoint)}</Fact>
        <Fact name="Signing region">{mono(region.signingRegion)}</Fact>
        <Fact name="Gateways">{mono(region.gateways.join(", ") || region.endpoint)}</Fact>
        {[...form.settings, ...form.credentials].map(({ name, label, kind, default: preset }) => (
          <Fact key={name} name={label}>
            {kind === "secret" ? (
              <span className="text-muted">
                {region.givenCredentials.includes(name) ? "Sealed, never shown" : "Not given"}
              </span>
            ) : (
              mono(given[name] ?? (preset === null ? "-" : preset))
            )}
          </Fact>
        ))}
      </Facts>
    </div>
  );
}
