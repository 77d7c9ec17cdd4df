import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { jobCounts } from "@/api/jobs";
import { useIsAdmin } from "@/api/useUser";
import { STATES } from "@/jobs/stateMeta";
import { LiveDot } from "@/shell/LiveDot";
import { usePageTitle } from "@/shell/usePageTitle";
import { ButtonLink } from "@/ui/Button";
import { ErrorState } from "@/ui/ErrorState";
import { Kbd } from "@/ui/Kbd";
import { Body, Head } from "@/ui/Panel";
import { Seg } from "@/ui/Seg";
import { EveryonesYard } from "./EveryonesYard";
import { FirstRun } from "./FirstRun";
import { FromCode } from "./FromCode";
import { MyYard } from "./MyYard";
import { type OverviewSearch, overviewSearch, type Whose, WINDOWS, type WindowName } from "./search";

/** With so few jobs one is still finding out how this works. */
const STILL_NEW = 10;

/** What needs me now, what is where, how it went, what just happened. */
export function Overview({ search }: { search: OverviewSearch }) {
  usePageTitle("Overview");
  const isAdmin = useIsAdmin();
  const counts = useQuery(jobCounts());
  const total = counts.data && STATES.reduce((sum, state) => sum + counts.data[state], 0);
  const window = search.window ?? "1h";
  // Who is no administrator any more, or was sent the address by one, sees what is theirs.
  const everyone = search.whose === "everyone" && isAdmin;
  const isFirst = total === 0 && !everyone;
  return (
    <>
      <Head
        title="Overview"
        end={
          (total !== undefined || everyone) && (
            <>
              {isAdmin && <WhoseSwitch search={search} />}
              {!isFirst && <WindowSwitch search={search} />}
              {!isFirst && (
                <ButtonLink
                  to="/jobs/new"
                  look="go"
                  icon={<Plus aria-hidden="true" />}
                  className="max-md:hidden"
                >
                  New job
                  <Kbd className="border-[rgb(26_29_5/.28)]! bg-transparent! text-hv-ink! max-lg:hidden!">
                    n
                  </Kbd>
                </ButtonLink>
              )}
            </>
          )
        }
      >
        <LiveDot />
      </Head>
      {everyone ? (
        <Body>
          <EveryonesYard window={window} />
        </Body>
      ) : counts.isError && !counts.data ? (
        <ErrorState
          title="The overview could not be read"
          error={counts.error}
          onRetry={() => void counts.refetch()}
          retrying={counts.isFetching}
        />
      ) : isFirst ? (
        <FirstRun />
      ) : (
        <Body>
          <MyYard counts={counts.data} window={window} />
          {total !== undefined && total <= STILL_NEW && <FromCode />}
        </Body>
      )}
    </>
  );
}

function WhoseSwitch({ search }: { search: OverviewSearch }) {
  const change = useChange(search);
  return (
    <Seg<Whose>
      label="Whose jobs"
      value={search.whose ?? "mine"}
      options={[
        { value: "mine", label: "Mine" },
        {
          value: "everyone",
          label: (
            <>
              <span className="max-md:hidden">Everyone's</span>
              <span className="md:hidden">All</span>
            </>
          ),
        },
      ]}
      onChange={(whose) => change({ whose })}
    />
  );
}

function WindowSwitch({ search }: { search: OverviewSearch }) {
  const change = useChange(search);
  return (
    <Seg<WindowName>
      label="How far back"
      value={search.window ?? "1h"}
      options={Object.entries(WINDOWS).map(([value, { label }]) => ({ value: value as WindowName, label }))}
      onChange={(window) => change({ window })}
    />
  );
}

/** In place: Back leads to the screen before, not through every window that was looked at. */
function useChange(search: OverviewSearch) {
  const navigate = useNavigate();
  return (change: { window?: WindowName; whose?: Whose }) =>
    void navigate({ to: "/", search: overviewSearch({ ...search, ...change }), replace: true });
}
